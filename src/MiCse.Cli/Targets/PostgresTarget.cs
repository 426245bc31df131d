using System.Globalization;
using MiCse.Postgres;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Targets;

/// <summary>A table that `micse index push` made.</summary>
internal sealed class PostgresTarget : ISearchTarget
{
    private readonly PostgresIndex _index;
    private readonly bool _exact;
    private readonly int? _efSearch;

    /// <param name="address">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="exact">Whether its HNSW index is left aside.</param>
    /// <param name="efSearch">The setting <c>hnsw.ef_search</c>; null for the server's.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public PostgresTarget(string address, string table, bool exact, int? efSearch, CancellationToken cancellationToken)
    {
        _index = PostgresIndex.OpenAsync(address, table, cancellationToken).GetAwaiter().GetResult();
        (_exact, _efSearch) = (exact, efSearch);
    }

    public VectorSource Source => _index.Source;

    public string? Remark => _exact || _index.Measured is not { } recall ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"HNSW finds approximately: {recall.Share:0.0 %} of the {recall.Top} nearest, measured with ef_search {recall.EfSearch} on {recall.Queries} of {recall.Rows:N0} rows{(_efSearch is { } own && own != recall.EfSearch ? $" and not with {own}" : "")}; --exact finds all.");

    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(EmbeddingMatrix queries, int k, SearchOptions options, CancellationToken cancellationToken)
    {
        var how = new PostgresSearchOptions { Measure = options.Measure, MinScore = options.MinScore, Exact = _exact, EfSearch = _efSearch };
        return [.. Enumerable.Range(0, queries.Count).Select(query => _index.SearchAsync(queries[query].ToArray(), k, how, cancellationToken).GetAwaiter().GetResult())];
    }

    public void Dispose() => _index.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
