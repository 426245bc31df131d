using System.Numerics;
using System.Runtime.InteropServices;

namespace MiCse.Search.Scan;

/// <summary>Rows of a segment, one bit each: those that were removed.</summary>
internal sealed class RowSet
{
    private readonly int _rows;
    private readonly ulong[] _bits;

    public RowSet(int rows)
    {
        _rows = rows;
        _bits = new ulong[(rows + 63) / 64];
    }

    private RowSet(int rows, ulong[] bits)
    {
        _rows = rows;
        _bits = bits;
        Count = bits.Sum(BitOperations.PopCount);
    }

    /// <summary>How many rows are in it.</summary>
    public int Count { get; private set; }

    public bool Contains(int row) => (_bits[row >> 6] >> row & 1) != 0;

    public void Add(int row)
    {
        if (!Contains(row))
        {
            _bits[row >> 6] |= 1UL << row;
            Count++;
        }
    }

    public RowSet Copy() => new(_rows, [.. _bits]);

    /// <summary>The bits in base64, little-endian; null when there are none.</summary>
    public string? ToBase64() => Count == 0 ? null : Convert.ToBase64String(MemoryMarshal.AsBytes<ulong>(_bits));

    /// <exception cref="FormatException">Not what <see cref="ToBase64"/> writes for so many rows.</exception>
    public static RowSet FromBase64(string? text, int rows)
    {
        if (text is null)
        {
            return new RowSet(rows);
        }

        var bytes = Convert.FromBase64String(text);
        var set = new RowSet(rows, MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());
        return bytes.Length == (rows + 63L) / 64 * 8 && (rows % 64 == 0 || set._bits[^1] >> rows == 0)
            ? set
            : throw new FormatException("The set of removed rows has another length than the segment.");
    }
}
