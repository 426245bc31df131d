using System.Globalization;
using MiCse.Files;
using MiCse.Search.Files;
using MiCse.Search.Scan;

namespace MiCse.Search;

/// <summary>
/// Changes an index. Changes are seen, and survive the end of the program, when <see cref="Commit"/> returns: whatever opens the index finds
/// either all of them or none, whenever the writer is killed. There is one writer at a time; readers do not disturb it. Not thread-safe.
/// </summary>
public sealed class VectorIndexWriter : IDisposable
{
    private readonly IndexFolder _folder;
    private VectorIndex _index;
    private List<RowSet> _removed;
    private PendingRows? _pending;
    private long _nextId;

    private VectorIndexWriter(IndexFolder folder)
    {
        _folder = folder;
        _index = VectorIndex.Open(folder.Path);
        _removed = Removed(_index);
        _nextId = _index.Manifest.NextId;
        folder.Sweep(_index.Manifest);
    }

    /// <summary>Where the index's vectors come from.</summary>
    public VectorSource Source => _index.Source;

    /// <summary>Rows in the index, with what is not committed yet.</summary>
    public int Count => _index.Segments.Select((segment, at) => segment.Rows - _removed[at].Count).Sum() + (_pending?.Count ?? 0);

    /// <summary>Makes an empty index.</summary>
    /// <param name="path">The folder to make; an empty one may be there already.</param>
    /// <param name="source">Where the vectors will come from.</param>
    /// <param name="precision">What searches read.</param>
    /// <exception cref="IOException">There is something in the folder, or it cannot be written.</exception>
    public static VectorIndexWriter Create(string path, VectorSource source, IndexPrecision precision = IndexPrecision.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Dimensions, 1);
        return Start(IndexFolder.Create(path), () => new IndexManifest(IndexManifest.CurrentVersion, source, precision, 0, 1, []).Write(path));
    }

    /// <summary>Opens an index to change it.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFormatException">The folder is no index, or damaged.</exception>
    /// <exception cref="IOException">Another writer has it open.</exception>
    public static VectorIndexWriter Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Before a lock file is put into a folder that is something else.
        IndexManifest.Read(path);
        return Start(IndexFolder.Lock(path), () => { });
    }

    /// <summary>Adds a text under the next number: 1 in a new index. Numbers are not used again.</summary>
    /// <returns>The number as an id.</returns>
    /// <exception cref="ArgumentException">The vector has another number of dimensions or values that are not finite.</exception>
    /// <exception cref="IOException">It cannot be written; nothing since the last commit is kept.</exception>
    public string Add(string text, ReadOnlySpan<float> vector)
    {
        var id = _nextId.ToString(CultureInfo.InvariantCulture);
        Put(id, text, vector);
        return id;
    }

    /// <summary>Puts a text under an id, in the place of one that has it.</summary>
    /// <param name="id">Any text but an empty one.</param>
    /// <param name="text">The text.</param>
    /// <param name="vector">Its vector.</param>
    /// <exception cref="ArgumentException">The vector has another number of dimensions or values that are not finite, or the id is empty.</exception>
    /// <exception cref="IOException">It cannot be written; nothing since the last commit is kept.</exception>
    public void Put(string id, string text, ReadOnlySpan<float> vector)
    {
        ArgumentNullException.ThrowIfNull(text);
        var idBytes = IdBytes(id);
        var textBytes = RowId.Encode(text, $"text of '{id}'");
        var norm = VectorRange.Norm(vector, Source.Dimensions, $"'{id}'");
        try
        {
            _pending ??= new PendingRows(_folder.Path, _index.Manifest);
            _pending.Add(idBytes, textBytes, vector, norm);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Rollback();
            throw WriteFailure.Explain(_folder.Path, failure);
        }

        RemoveCommitted(idBytes);
        if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= _nextId && number < long.MaxValue)
        {
            _nextId = number + 1;
        }
    }

    /// <summary>Whether a row has an id.</summary>
    public bool Contains(string id)
    {
        var bytes = IdBytes(id);
        return _pending?.Contains(bytes) == true || FindCommitted(bytes) is not null;
    }

    /// <summary>Removes the row with an id. Its room is free after <see cref="Compact"/>.</summary>
    /// <returns>False when no row has it.</returns>
    public bool Remove(string id)
    {
        var bytes = IdBytes(id);
        return _pending?.Remove(bytes) == true || RemoveCommitted(bytes);
    }

    /// <summary>Makes the changes last.</summary>
    /// <exception cref="IOException">They cannot be written; the index is as it was, and nothing since the last commit is kept.</exception>
    public void Commit()
    {
        var changed = _index.Segments.Where((segment, at) => segment.Removed.Count != _removed[at].Count).Any();
        if (_pending is null && !changed)
        {
            return;
        }

        Replace(() =>
        {
            var segments = _index.Segments.Select((segment, at) => segment.Entry with { Removed = _removed[at].ToBase64() })
                .Where((segment, at) => _removed[at].Count < segment.Rows);
            return _pending is { Count: > 0 } ? [.. segments, _pending.Complete()] : [.. segments];
        });
    }

    /// <summary>Commits, and writes all rows again without those that were removed; searches are faster in one segment than in many.</summary>
    /// <param name="progress">Receives the number of rows written, now and then.</param>
    /// <param name="cancellationToken">Stops; the index is as committed.</param>
    /// <exception cref="DataFormatException">A row is damaged.</exception>
    /// <exception cref="IOException">There is no room for the copy; the index is as committed.</exception>
    public void Compact(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        Commit();
        if (_index.Segments.Count > 1 || _index.RemovedCount > 0 || _index.Segments.Any(segment => segment.Cells is not null))
        {
            Replace(() => [Copy(_index.Segments, progress, cancellationToken)]);
        }
    }

    /// <summary>
    /// Commits, and writes all rows again, divided into cells by direction, so that searches with <see cref="SearchOptions.Recall"/> need not read all of them. What they find is measured against the
    /// exact search, and kept with the index. Rows that are added later belong to no cell until the next division, and every search reads them; <see cref="Compact"/> ends the division.
    /// </summary>
    /// <param name="cells">How many cells; null takes four times the root of the number of rows.</param>
    /// <param name="progress">Receives the number of rows that have a cell, then that of rows written.</param>
    /// <param name="cancellationToken">Stops; the index is as committed.</param>
    /// <exception cref="DataFormatException">A row is damaged.</exception>
    /// <exception cref="IOException">There is no room for the copy; the index is as committed.</exception>
    public void Divide(int? cells = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        if (cells is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(cells));
        }

        Commit();
        if (_index.Count == 0)
        {
            return;
        }

        var division = CellDivision.Of(_index.Segments, cells ?? CellDivision.UsualCells(_index.Count), progress, cancellationToken);
        Replace(() =>
        {
            using var copy = _index.Manifest.NewSegment(_folder.Path);
            return [SegmentCopy.Write(division, copy, progress, cancellationToken)];
        });
        var recall = CellMeasurement.Of(_index, cancellationToken);
        Replace(() => [_index.Segments[0].Entry with { Recall = recall }]);
    }

    /// <summary>
    /// After many small commits: writes the last segments as one while a segment has less than twice the rows of all after it, and everything
    /// from scratch when more rows were removed than are left. So there are never more segments than doublings of the rows, and a row is copied as rarely.
    /// </summary>
    internal void Merge()
    {
        if (_index.RemovedCount > _index.Count)
        {
            Compact();
            return;
        }

        var (first, rows) = (_index.Segments.Count, 0L);
        while (first > 0 && (rows == 0 || _index.Segments[first - 1].Count < 2 * rows))
        {
            first--;
            rows += _index.Segments[first].Count;
        }

        if (first < _index.Segments.Count - 1)
        {
            Replace(() =>
            [
                .. _index.Segments.Take(first).Select(segment => segment.Entry),
                Copy(_index.Segments.Skip(first), progress: null, CancellationToken.None),
            ]);
        }
    }

    /// <summary>Ends the writing; what was not committed is dropped.</summary>
    public void Dispose()
    {
        _pending?.Dispose();
        _index.Dispose();
        _folder.Dispose();
    }

    private static VectorIndexWriter Start(IndexFolder folder, Action prepare)
    {
        try
        {
            prepare();
            return new VectorIndexWriter(folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static List<RowSet> Removed(VectorIndex index) => [.. index.Segments.Select(segment => segment.Removed.Copy())];

    private static byte[] IdBytes(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return RowId.Encode(id, "id");
    }

    private SegmentEntry Copy(IEnumerable<Segment> segments, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var copy = _index.Manifest.NewSegment(_folder.Path);
        return SegmentCopy.Write(segments, copy, progress, cancellationToken);
    }

    /// <summary>Puts another list of segments in the place of the present one.</summary>
    private void Replace(Func<IReadOnlyList<SegmentEntry>> write)
    {
        try
        {
            var manifest = _index.Manifest with { Segments = write(), Generation = _index.Manifest.Generation + 1, NextId = _nextId };
            manifest.Write(_folder.Path);
        }
        catch (Exception failure)
        {
            Rollback();
            throw failure is IOException or UnauthorizedAccessException ? WriteFailure.Explain(_folder.Path, failure) : failure;
        }

        Rollback();
    }

    /// <summary>Back to what the manifest on the disk says.</summary>
    private void Rollback()
    {
        _pending?.Dispose();
        _pending = null;
        var old = _index;
        _index = VectorIndex.Open(_folder.Path);
        old.Dispose();
        _removed = Removed(_index);
        _nextId = _index.Manifest.NextId;
        _folder.Sweep(_index.Manifest);
    }

    private bool RemoveCommitted(byte[] id)
    {
        if (FindCommitted(id) is not { } found)
        {
            return false;
        }

        _removed[found.Segment].Add(found.Row);
        return true;
    }

    private (int Segment, int Row)? FindCommitted(byte[] id)
    {
        for (var segment = 0; segment < _index.Segments.Count; segment++)
        {
            if (_index.Segments[segment].Find(id, _removed[segment]) is var row and >= 0)
            {
                return (segment, row);
            }
        }

        return null;
    }
}
