using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>All rows of some segments but the removed ones as one segment.</summary>
internal static class SegmentCopy
{
    private const int RowsPerReport = 4096;

    public static SegmentEntry Write(
        string folder, IndexManifest manifest, IEnumerable<Segment> segments, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var copy = new SegmentWriter(folder, manifest.Generation + 1, manifest.Source.Dimensions, manifest.Precision);
        foreach (var segment in segments)
        {
            for (var row = 0; row < segment.Rows; row++)
            {
                if (segment.Removed.Contains(row))
                {
                    continue;
                }

                var vector = segment.Vector(row);
                copy.Add(segment.Id(row).ToArray(), segment.Text(row), vector, Math.Sqrt(Similarity.Dot(vector, vector)));
                if (copy.Rows % RowsPerReport == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress?.Report(copy.Rows);
                }
            }
        }

        return copy.Complete(removed: null);
    }
}
