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
    public static SegmentEntry Write(IEnumerable<Segment> segments, SegmentWriter copy, IProgress<long>? progress, CancellationToken cancellationToken) => Write(
        segments.SelectMany(segment => Enumerable.Range(0, segment.Rows).Where(row => !segment.Removed.Contains(row)).Select(row => (segment, row))), copy, progress, cancellationToken);

    /// <summary>Copies rows cell after cell, and completes the segment.</summary>
    /// <inheritdoc cref="Write(IEnumerable{Segment}, SegmentWriter, IProgress{long}, CancellationToken)"/>
    public static SegmentEntry Write(CellDivision cells, SegmentWriter copy, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        copy.AddCells(cells.CenterBytes, cells.Bounds);
        return Write(cells.Rows, copy, progress, cancellationToken);
    }

    private static SegmentEntry Write(IEnumerable<(Segment Segment, int Row)> rows, SegmentWriter copy, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        foreach (var (segment, row) in rows)
        {
            var vector = segment.Vector(row);
            copy.Add(segment.Id(row), segment.Text(row), vector, Math.Sqrt(Similarity.Dot(vector, vector)));
            if (copy.Rows % RowsPerReport == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(copy.Rows);
            }
        }

        return copy.Complete(removed: null);
    }
}
