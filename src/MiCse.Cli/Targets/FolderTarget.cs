using System.Globalization;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Targets;

/// <summary>An index in a folder.</summary>
/// <param name="path">The folder.</param>
/// <param name="recall">The share of the nearest texts that is enough; null for all.</param>
internal sealed class FolderTarget(string path, double? recall) : ISearchTarget
{
    private readonly VectorIndex _index = VectorIndex.Open(path);

    public VectorSource Source => _index.Source;

    public string? Remark { get; private set; }

    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(EmbeddingMatrix queries, int k, SearchOptions options, CancellationToken cancellationToken)
    {
        options = options with { Recall = recall };
        Remark = recall is null or 1 ? null : _index.Probes(options) is { } probes
            ? string.Create(CultureInfo.InvariantCulture, $"searched approximately: {probes.Share:0.0 %} of the {CellMeasurement.Top} nearest, measured with {probes.Probes:N0} of {_index.Segments[0].Cells?.Count:N0} cells on {Math.Min(CellMeasurement.Queries, _index.Segments[0].Rows)} rows; without --recall all are found.")
            : options.Measure != SimilarityMeasure.Cosine || _index.Segments.All(segment => segment.Cells is null)
                ? "searched exactly: only indexes that `micse index compact --approximate` divided into cells are searched approximately, and by cosine."
                : "searched exactly: no number of cells has found as much when it was measured.";
        return _index.Search(queries, k, options, cancellationToken);
    }

    public void Dispose() => _index.Dispose();
}
