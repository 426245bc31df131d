using System.IO.Hashing;
using MiCse.Search.Files;
using MiCse.Search.Scan;

namespace MiCse.Search;

/// <summary>Rows that were added and not committed yet, found by their ids: a hash table of row numbers, whose ids the segment's writer keeps.</summary>
internal sealed class PendingRows(string folder, IndexManifest manifest) : IDisposable
{
    private const int Empty = -1;

    private readonly SegmentWriter _segment = manifest.NewSegment(folder);
    private readonly HashSet<int> _removed = [];

    // The last row of every id, with linear probing; at most half full.
    private int[] _slots = [Empty, Empty];
    private int _ids;

    /// <summary>Rows that would be in the index.</summary>
    public int Count => _segment.Rows - _removed.Count;

    /// <summary>Whether a row has an id.</summary>
    public bool Contains(ReadOnlySpan<byte> id) => Find(id) >= 0;

    /// <summary>Adds a row in the place of one with the same id.</summary>
    public void Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> text, ReadOnlySpan<float> vector, double norm)
    {
        Remove(id);
        _segment.Add(id, text, vector, norm);
        if (2 * (_ids + 1) > _slots.Length)
        {
            Grow();
        }

        var slot = Slot(id);
        _ids += _slots[slot] == Empty ? 1 : 0;
        _slots[slot] = _segment.Rows - 1;
    }

    /// <summary>Removes the row with an id.</summary>
    /// <returns>False when no row has it.</returns>
    public bool Remove(ReadOnlySpan<byte> id) => Find(id) is var row and >= 0 && _removed.Add(row);

    /// <summary>Writes them; they are in the index as soon as a manifest names their segment.</summary>
    public SegmentEntry Complete()
    {
        var removed = new RowSet(_segment.Rows);
        foreach (var row in _removed)
        {
            removed.Add(row);
        }

        return _segment.Complete(removed);
    }

    public void Dispose() => _segment.Dispose();

    private int Find(ReadOnlySpan<byte> id) => _slots[Slot(id)] is var row && row != Empty && !_removed.Contains(row) ? row : Empty;

    /// <summary>Where an id is, or would be put.</summary>
    private int Slot(ReadOnlySpan<byte> id)
    {
        var mask = _slots.Length - 1;
        var slot = (int)XxHash3.HashToUInt64(id) & mask;
        while (_slots[slot] != Empty && !_segment.Id(_slots[slot]).SequenceEqual(id))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new int[checked(2 * old.Length)];
        Array.Fill(_slots, Empty);
        foreach (var row in old)
        {
            if (row != Empty)
            {
                _slots[Slot(_segment.Id(row))] = row;
            }
        }
    }
}
