using MiCse.Search;
using MiCse.Files;

namespace MiCse.VectorData;

/// <summary>
/// The folder of a collection, an index, as all in this process see it who use the collection. Readers see the last commit, whoever made it, and
/// are not disturbed by writers; writers of this process wait for each other. Thread-safe.
/// </summary>
internal sealed class CollectionFolder(string path) : IDisposable
{
    private readonly Lock _opening = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private OpenIndex? _current;
    private bool _disposed;

    public string Path => path;

    public bool Exists => IndexManifest.Stamp(path) is not null;

    /// <summary>Makes an empty index unless there is one.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void Create(VectorSource source, IndexPrecision precision)
    {
        if (Exists)
        {
            return;
        }

        try
        {
            AtomicFolder.Write(path, folder => VectorIndexWriter.Create(folder, source, precision).Dispose());
        }
        catch (IOException) when (Exists)
        {
            // Somebody else was faster.
        }
    }

    /// <summary>Deletes the index if there is one.</summary>
    /// <exception cref="IOException">Another process is writing, or it cannot be deleted.</exception>
    public async Task DeleteAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!Exists)
            {
                return;
            }

            Close();
            IndexFolder.Lock(path).Dispose();
            using var pending = PendingPath.Create(System.IO.Path.GetFullPath(path));
            Directory.Move(path, pending.New);
            Directory.Delete(pending.New, recursive: true);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads the index as it is now.</summary>
    /// <exception cref="DataFormatException">There is none, or it is damaged.</exception>
    public T Read<T>(Func<VectorIndex, T> read)
    {
        var open = Open();
        try
        {
            return read(open.Index);
        }
        finally
        {
            open.Release();
        }
    }

    /// <summary>Changes the index: all of the change is there afterwards, or nothing of it.</summary>
    /// <exception cref="DataFormatException">There is none, or it is damaged.</exception>
    /// <exception cref="IOException">Another process is writing, or it cannot be written.</exception>
    public async Task WriteAsync(Action<VectorIndexWriter> change, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Task.Run(() => Write(change), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Lets go of the files as soon as nobody reads them.</summary>
    public void Dispose()
    {
        lock (_opening)
        {
            _disposed = true;
            Close();
        }
    }

    private static void Merge(VectorIndexWriter writer)
    {
        try
        {
            writer.Merge();
        }
        catch (IOException)
        {
            // The change is committed; the next one tries again.
        }
    }

    private void Write(Action<VectorIndexWriter> change)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(MiCseVectorStore));
        if (!Exists)
        {
            throw Missing();
        }

        using var writer = VectorIndexWriter.Open(path);
        change(writer);
        writer.Commit();
        Merge(writer);
    }

    private OpenIndex Open()
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MiCseVectorStore));
            // Before the index is opened: if it changes in between, it is only opened once more the next time.
            var stamp = IndexManifest.Stamp(path) ?? throw Missing();
            if (_current?.Stamp != stamp)
            {
                var opened = new OpenIndex(VectorIndex.Open(path), stamp);
                _current?.Release();
                _current = opened;
            }

            return _current.Use();
        }
    }

    private void Close()
    {
        lock (_opening)
        {
            _current?.Release();
            _current = null;
        }
    }

    private DataFormatException Missing() => new(path, null, "there is no such collection; EnsureCollectionExistsAsync makes it.");
}
