using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Targets;

/// <summary>An index in a folder.</summary>
/// <param name="path">The folder.</param>
internal sealed class FolderTarget(string path) : ISearchTarget
{
    private readonly VectorIndex _index = VectorIndex.Open(path);

    public VectorSource Source => _index.Source;

    public string? Remark => null;

    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(EmbeddingMatrix queries, int k, SearchOptions options, CancellationToken cancellationToken) =>
        _index.Search(queries, k, options, cancellationToken);

    public void Dispose() => _index.Dispose();
}
