using MiCse.Search.Files;
using MiCse.Search.Scan;

namespace MiCse.Search;

/// <summary>Rows that were added and not committed yet.</summary>
internal sealed class PendingRows(string folder, IndexManifest manifest) : IDisposable
{
    private readonly SegmentWriter _segment = manifest.NewSegment(folder);
    private readonly Dictionary<string, int> _rows = [];
    private readonly List<int> _removed = [];

    /// <summary>Rows that would be in the index.</summary>
    public int Count => _rows.Count;

    public bool Contains(string id) => _rows.ContainsKey(id);

    public void Add(string id, byte[] idBytes, byte[] text, ReadOnlySpan<float> vector, double norm)
    {
        Remove(id);
        _segment.Add(idBytes, text, vector, norm);
        _rows[id] = _segment.Rows - 1;
    }

    public bool Remove(string id)
    {
        if (!_rows.Remove(id, out var row))
        {
            return false;
        }

        _removed.Add(row);
        return true;
    }

    /// <summary>Writes them; they are in the index as soon as a manifest names their segment.</summary>
    public SegmentEntry Complete()
    {
        var removed = new RowSet(_segment.Rows);
        _removed.ForEach(removed.Add);
        return _segment.Complete(removed);
    }

    public void Dispose() => _segment.Dispose();
}
