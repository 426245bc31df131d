using MiCse.Search.Files;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>Measures what searches of the nearest cells find, against the exact search of the same index: rows all over the index are the queries, and do not count as their own neighbours.</summary>
internal static class CellMeasurement
{
    /// <summary>How many nearest rows.</summary>
    public const int Top = 10;

    /// <summary>How many queries.</summary>
    public const int Queries = 200;

    private const double Enough = 0.9995;

    /// <summary>Measures 1, 2, 4, … cells until nearly everything is found.</summary>
    /// <param name="index">An index whose first segment has cells.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static IReadOnlyList<CellRecall> Of(VectorIndex index, CancellationToken cancellationToken)
    {
        var segment = index.Segments[0];
        var count = Math.Min(Queries, segment.Rows);
        var queries = new EmbeddingMatrix(count, index.Source.Dimensions);
        for (var query = 0; query < count; query++)
        {
            segment.Vector((int)((long)query * segment.Rows / count)).CopyTo(queries[query]);
        }

        var exact = index.Search(queries, Top + 1, null, cancellationToken);
        var measured = new List<CellRecall>();
        for (var probes = 1; probes < segment.Cells!.Count; probes *= 2)
        {
            var found = index.SearchCells(queries, Top + 1, new SearchOptions(), probes, cancellationToken);
            measured.Add(new CellRecall(probes, Math.Round(exact.Zip(found, Share).Average(), 4)));
            if (measured[^1].Share >= Enough)
            {
                break;
            }
        }

        return measured;
    }

    /// <summary>What was found of the nearest rows but the first, which is the query itself; rows as near as the last count as well.</summary>
    private static double Share(IReadOnlyList<SearchHit> exact, IReadOnlyList<SearchHit> found) => exact.Count <= 1
        ? 1
        : Math.Min(1, (found.Count(hit => hit.Score >= exact[^1].Score) - 1.0) / (exact.Count - 1));
}
