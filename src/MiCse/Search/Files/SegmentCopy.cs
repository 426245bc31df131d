using MiCse.Vectors;

namespace MiCse.Search.Files;

/// <summary>All rows of some segments but the removed ones as one segment.</summary>
internal static class SegmentCopy
{
    private const int RowsPerReport = 4096;

    /// <summary>Copies the rows and completes the segment.</summary>
    /// <param name="segments">Where from.</param>
    /// <param name="copy">Where to.</param>
    /// <param name="progress">Receives the number of rows written, now and then.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    public static SegmentEntry Write(IEnumerable<Segment> segments, SegmentWriter copy, IProgress<long>? progress, CancellationToken cancellationToken)
    {
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
                    cancellationToken.ThrowIfCancellationRequested();
                    progress?.Report(copy.Rows);
                }
            }
        }

        return copy.Complete(removed: null);
    }
}
