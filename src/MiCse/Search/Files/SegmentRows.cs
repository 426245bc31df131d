using MiCse.Search.Scan;

namespace MiCse.Search.Files;

/// <summary>The rows of segments but some. Equal scores are sorted by id.</summary>
internal sealed class SegmentRows : IScannedRows
{
    private readonly IReadOnlyList<Segment> _segments;
    private readonly IReadOnlyList<RowSet> _without;
    private readonly List<(int Segment, int First, int Count)> _blocks = [];

    /// <param name="segments">The segments.</param>
    /// <param name="without">Rows of each segment to leave out.</param>
    /// <param name="ranges">The rows of a segment to read; null for all.</param>
    public SegmentRows(IReadOnlyList<Segment> segments, IReadOnlyList<RowSet> without, Func<Segment, IReadOnlyList<(int First, int Count)>>? ranges = null)
    {
        _segments = segments;
        _without = without;
        for (var segment = 0; segment < segments.Count; segment++)
        {
            foreach (var (start, count) in ranges?.Invoke(segments[segment]) ?? [(0, segments[segment].Rows)])
            {
                for (var first = start; first < start + count; first += PaddedBlock.MaxRows)
                {
                    _blocks.Add((segment, first, Math.Min(PaddedBlock.MaxRows, start + count - first)));
                }
            }
        }
    }

    public int Blocks => _blocks.Count;

    public PaddedBlock Block(int index)
    {
        var (segment, first, count) = _blocks[index];
        return _segments[segment].Block(first, count) with { Segment = segment, First = first, Removed = _without[segment] };
    }

    public ReadOnlySpan<float> Vector(Candidate row) => _segments[row.Segment].Vector(row.Row);

    /// <summary>The id of a row.</summary>
    public ReadOnlySpan<byte> Id(Candidate row) => _segments[row.Segment].Id(row.Row);

    /// <summary>The text of a row.</summary>
    public ReadOnlySpan<byte> Text(Candidate row) => _segments[row.Segment].Text(row.Row);

    public int Compare(Candidate first, Candidate second) => RowId.Compare(Id(first), Id(second));
}
