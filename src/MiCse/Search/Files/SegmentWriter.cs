using System.Runtime.InteropServices;
using MiCse.Search.Scan;

namespace MiCse.Search.Files;

/// <summary>Writes the rows of a segment as they come. What is not completed is deleted.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly string _folder;
    private readonly bool _quantize;
    private readonly Dictionary<string, SectionWriter> _sections = [];
    private readonly ByteStrings _ids = new();
    private readonly float[] _row;
    private readonly sbyte[] _quantized;
    private bool _completed;

    public SegmentWriter(string folder, int number, int dimensions, bool quantize)
    {
        _folder = folder;
        _quantize = quantize;
        Number = number;
        _row = new float[PaddedBlock.Stride(dimensions)];
        _quantized = new sbyte[_row.Length];
        try
        {
            foreach (var (name, _) in SegmentLayout.Sections(dimensions, quantize))
            {
                _sections.Add(name, new SectionWriter(PathOf(name)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The segment's number.</summary>
    public int Number { get; }

    /// <summary>Rows so far.</summary>
    public int Rows => _ids.Count;

    /// <summary>The id of a row.</summary>
    public ReadOnlySpan<byte> Id(int row) => _ids[row];

    /// <summary>Appends a row.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="text">Its text, UTF-8.</param>
    /// <param name="vector">Its vector, checked.</param>
    /// <param name="norm">The vector's length.</param>
    public void Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> text, ReadOnlySpan<float> vector, double norm)
    {
        vector.CopyTo(_row);
        _sections[SegmentLayout.Vectors].Write(MemoryMarshal.AsBytes<float>(_row));
        if (_quantize)
        {
            var direction = QuantizedDirection.Of(vector, norm, _quantized);
            _sections[SegmentLayout.Quantized].Write(MemoryMarshal.AsBytes<sbyte>(_quantized));
            _sections[SegmentLayout.Scales].Write(MemoryMarshal.AsBytes<float>([(float)norm, direction.Step, direction.Distance]));
        }
        else
        {
            _sections[SegmentLayout.Scales].Write(MemoryMarshal.AsBytes<float>([(float)norm]));
        }

        var strings = _sections[SegmentLayout.Strings];
        strings.Write(id);
        var idEnd = strings.Bytes;
        strings.Write(text);
        _sections[SegmentLayout.Ends].Write(MemoryMarshal.AsBytes<long>([idEnd, strings.Bytes]));
        _ids.Add(id);
    }

    /// <summary>Appends the cells that the rows were written in.</summary>
    /// <param name="centers">The centre of each.</param>
    /// <param name="bounds">The first row of each, and the number of rows.</param>
    public void AddCells(ReadOnlySpan<byte> centers, ReadOnlySpan<int> bounds)
    {
        foreach (var name in new[] { SegmentLayout.Centers, SegmentLayout.Bounds })
        {
            _sections.Add(name, new SectionWriter(PathOf(name)));
        }

        _sections[SegmentLayout.Centers].Write(centers);
        _sections[SegmentLayout.Bounds].Write(MemoryMarshal.AsBytes(bounds));
    }

    /// <summary>Flushes everything to the disk; the segment exists as soon as a manifest names it.</summary>
    public SegmentEntry Complete(RowSet? removed)
    {
        var rows = Enumerable.Range(0, Rows).ToArray();
        Array.Sort(rows, (first, second) => RowId.Compare(Id(first), Id(second)) is var order and not 0 ? order : first.CompareTo(second));
        _sections[SegmentLayout.Order].Write(MemoryMarshal.AsBytes<int>(rows));
        var entries = _sections.ToDictionary(section => section.Key, section => section.Value.Complete());
        _completed = true;
        return new SegmentEntry(Number, Rows, entries, removed?.ToBase64());
    }

    public void Dispose()
    {
        foreach (var section in _sections.Values)
        {
            section.Dispose();
        }

        if (!_completed)
        {
            foreach (var name in _sections.Keys)
            {
                File.Delete(PathOf(name));
            }
        }
    }

    private string PathOf(string section) => Path.Combine(_folder, SegmentEntry.FileName(Number, section));
}

/// <summary>What the manifest knows of a segment.</summary>
/// <param name="Number">Its number, which names its files.</param>
/// <param name="Rows">Its rows, removed ones included.</param>
/// <param name="Sections">Its sections by name.</param>
/// <param name="Removed">The removed rows as <see cref="RowSet"/> writes them; null when there are none.</param>
/// <param name="Recall">What searches of few of its cells find; null where it has no cells, or nothing was measured.</param>
internal sealed record SegmentEntry(
    int Number, int Rows, IReadOnlyDictionary<string, SectionEntry> Sections, string? Removed, IReadOnlyList<CellRecall>? Recall = null)
{
    /// <summary>The file of a section.</summary>
    public static string FileName(int number, string section) => FormattableString.Invariant($"{number:000000}.{section}");
}
