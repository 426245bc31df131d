using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Search.Files;

/// <summary>The rows of one commit, memory-mapped, never changed again. Thread-safe.</summary>
internal sealed unsafe class Segment : IDisposable
{
    private readonly string _folder;
    private readonly Dictionary<string, Section> _sections = [];
    private readonly int _dimensions;
    private readonly int _stride;
    private readonly bool _quantized;
    private readonly Lazy<CellTable?> _cells;

    private Segment(string folder, SegmentEntry entry, int dimensions, bool quantized)
    {
        _folder = folder;
        _dimensions = dimensions;
        _quantized = quantized;
        Entry = entry;
        _stride = PaddedBlock.Stride(dimensions);
        _cells = new Lazy<CellTable?>(ReadCells);
    }

    public SegmentEntry Entry { get; }

    /// <summary>Its cells; null when its rows are not divided.</summary>
    /// <exception cref="DataFormatException">They are damaged.</exception>
    public CellTable? Cells => _cells.Value;

    /// <summary>Rows that were removed.</summary>
    public RowSet Removed { get; private set; } = new(0);

    public int Rows => Entry.Rows;

    /// <summary>Rows that were not removed.</summary>
    public int Count => Rows - Removed.Count;

    /// <exception cref="DataFormatException">A file is damaged.</exception>
    /// <exception cref="FileNotFoundException">A file is gone.</exception>
    public static Segment Open(string folder, SegmentEntry entry, int dimensions, bool quantized)
    {
        Segment? segment = null;
        try
        {
            segment = new Segment(folder, entry, dimensions, quantized);
            foreach (var (name, rowBytes) in SegmentLayout.Sections(dimensions, quantized))
            {
                var section = entry.Sections[name];
                if (rowBytes is { } bytes && section.Bytes != bytes * entry.Rows)
                {
                    throw new FormatException($"Section {name} has another length than its rows.");
                }

                segment._sections.Add(name, Section.Open(Path.Combine(folder, SegmentEntry.FileName(entry.Number, name)), section));
            }

            foreach (var name in new[] { SegmentLayout.Centers, SegmentLayout.Bounds }.Where(entry.Sections.ContainsKey))
            {
                segment._sections.Add(name, Section.Open(Path.Combine(folder, SegmentEntry.FileName(entry.Number, name)), entry.Sections[name]));
            }

            // The files are as long as the manifest says, so that its numbers ask for no more memory than there is data.
            segment.Removed = RowSet.FromBase64(entry.Removed, entry.Rows);
            return segment;
        }
        catch
        {
            segment?.Dispose();
            throw;
        }
    }

    /// <summary>What a search reads of some rows.</summary>
    public PaddedBlock Block(int first, int count)
    {
        var perRow = SegmentLayout.ScalesPerRow(_quantized);
        var scales = (float*)Elements<float>(SegmentLayout.Scales, first, count, perRow);
        return _quantized
            ? new PaddedBlock(null, (sbyte*)Elements<sbyte>(SegmentLayout.Quantized, first, count, _stride), scales, perRow, count)
            : new PaddedBlock((float*)Elements<float>(SegmentLayout.Vectors, first, count, _stride), null, scales, perRow, count);
    }

    /// <summary>One vector.</summary>
    public ReadOnlySpan<float> Vector(int row) => new(Elements<float>(SegmentLayout.Vectors, row, 1, _stride), _dimensions);

    /// <summary>The id of a row.</summary>
    public ReadOnlySpan<byte> Id(int row)
    {
        var (start, end, _) = Ends(row);
        return Strings(start, end);
    }

    /// <summary>The text of a row.</summary>
    public ReadOnlySpan<byte> Text(int row)
    {
        var (_, start, end) = Ends(row);
        return Strings(start, end);
    }

    /// <summary>The row that has an id and is not among the removed ones; -1 when there is none.</summary>
    public int Find(ReadOnlySpan<byte> id, RowSet removed)
    {
        var order = MemoryMarshal.Cast<byte, int>(_sections[SegmentLayout.Order].Read(0, Rows * sizeof(int)));
        var (low, high) = (0, Rows);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (RowId.Compare(Id(order[middle]), id) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        // Several when an id was given again before its commit; at most one of them is not removed.
        for (; low < Rows && Id(order[low]).SequenceEqual(id); low++)
        {
            if (!removed.Contains(order[low]))
            {
                return order[low];
            }
        }

        return -1;
    }

    /// <summary>Reads everything once, so that every block is checked.</summary>
    public void Check(CancellationToken cancellationToken)
    {
        foreach (var section in _sections.Values)
        {
            for (var offset = 0L; offset < section.Length; offset += Section.BlockBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                section.Pointer(offset, 1);
            }
        }
    }

    public void Dispose()
    {
        foreach (var section in _sections.Values)
        {
            section.Dispose();
        }
    }

    private void* Elements<T>(string section, int first, int count, int perRow)
        where T : unmanaged =>
        _sections[section].Pointer((long)first * perRow * sizeof(T), (long)count * perRow * sizeof(T));

    private CellTable? ReadCells()
    {
        if (!_sections.TryGetValue(SegmentLayout.Centers, out var centers) || !_sections.TryGetValue(SegmentLayout.Bounds, out var bounds))
        {
            return null;
        }

        var values = MemoryMarshal.Cast<byte, float>(centers.Read(0, checked((int)centers.Length))).ToArray();
        return new CellTable(
            new EmbeddingMatrix(values[..(values.Length / _dimensions * _dimensions)], values.Length / _dimensions, _dimensions),
            MemoryMarshal.Cast<byte, int>(bounds.Read(0, checked((int)bounds.Length))).ToArray(),
            Rows,
            _folder);
    }

    private (long Start, long IdEnd, long TextEnd) Ends(int row)
    {
        var ends = _sections[SegmentLayout.Ends];
        var start = row == 0 ? 0 : BitConverter.ToInt64(ends.Read((2L * row - 1) * sizeof(long), sizeof(long)));
        var own = MemoryMarshal.Cast<byte, long>(ends.Read(2L * row * sizeof(long), 2 * sizeof(long)));
        return (start, own[0], own[1]);
    }

    private ReadOnlySpan<byte> Strings(long start, long end) => end - start is >= 0 and <= int.MaxValue
        ? _sections[SegmentLayout.Strings].Read(start, (int)(end - start))
        : throw new DataFormatException(_folder, null, "is damaged: an id or a text has no length; build the index again, or restore it from a copy.");
}
