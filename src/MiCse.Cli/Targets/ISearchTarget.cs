using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Targets;

/// <summary>What `micse search` searches: an index in a folder, or a table in a database.</summary>
internal interface ISearchTarget : IDisposable
{
    /// <summary>Where its vectors come from.</summary>
    VectorSource Source { get; }

    /// <summary>What the user must know of the hits; null for nothing.</summary>
    string? Remark { get; }

    /// <summary>The most similar rows to each query, best first.</summary>
    IReadOnlyList<IReadOnlyList<SearchHit>> Search(EmbeddingMatrix queries, int k, SearchOptions options, CancellationToken cancellationToken);
}
