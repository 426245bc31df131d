namespace MiCse.Files;

/// <summary>
/// A folder that appears complete or not at all: its files are written into a temporary folder beside its place, which
/// <see cref="Commit"/> renames. It keeps the mode of the folder it replaces; a symbolic link stays and leads to the new folder. Disposed without a
/// commit, it leaves nothing behind and an older folder as it was; what a killed process left is deleted by the next one that writes the same folder.
/// </summary>
internal sealed class AtomicFolder : IDisposable
{
    private readonly string _target;
    private readonly bool _overwrite;
    private readonly PendingPath _pending;
    private bool _closed;

    private AtomicFolder(string target, PendingPath pending, bool overwrite)
    {
        _target = target;
        _pending = pending;
        _overwrite = overwrite;
    }

    /// <summary>The folder to write into until the commit.</summary>
    public string Path => _pending.New;

    /// <summary>Starts a folder; folders on the way to it are made.</summary>
    /// <param name="path">The folder to make. An empty one may be there already.</param>
    /// <param name="overwrite">Whether a folder with files in it is replaced as a whole; false by default.</param>
    /// <exception cref="IOException">There is something already, or the place cannot be written.</exception>
    public static AtomicFolder Create(string path, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = TargetOf(path);
        if (File.Exists(target))
        {
            throw new IOException($"{path}: is a file; name a folder.");
        }

        if (!overwrite && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new IOException($"{path}: has files in it already; name a new folder or empty it.");
        }

        PendingPath? pending = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            pending = PendingPath.Create(target);
            Directory.CreateDirectory(pending.New);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            pending?.Dispose();
            throw WriteFailure.Explain(path, failure);
        }

        return new AtomicFolder(target, pending, overwrite);
    }

    /// <summary>Writes a whole folder at once.</summary>
    /// <param name="path">The folder to make. An empty one may be there already.</param>
    /// <param name="write">Writes the files into the folder it gets.</param>
    /// <param name="overwrite">Whether a folder with files in it is replaced as a whole; false by default.</param>
    /// <exception cref="IOException">There is something already, or the folder cannot be written; one sentence with the path, and nothing new is left.</exception>
    public static void Write(string path, Action<string> write, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var folder = Create(path, overwrite);
        try
        {
            write(folder.Path);
        }
        catch (Exception failure) when (WriteFailure.IsOfDisk(failure))
        {
            // The inner one, because an explained one names a file in the temporary folder.
            throw WriteFailure.Explain(path, failure.InnerException ?? failure);
        }

        folder.Commit();
    }

    /// <summary>Flushes every file to the disk and puts the folder in its place.</summary>
    /// <exception cref="IOException">The place cannot be written; nothing new is left.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
            {
                using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
                RandomAccess.FlushToDisk(handle);
            }

            WriteTarget.CopyMode(_target, Path);
            PutInPlace();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw WriteFailure.Explain(_target, failure);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Deletes what was written unless it was committed.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _pending.Dispose();
    }

    private static string TargetOf(string path)
    {
        try
        {
            return WriteTarget.Of(System.IO.Path.TrimEndingDirectorySeparator(path)).Path;
        }
        catch (IOException failure)
        {
            throw WriteFailure.Explain(path, failure);
        }
    }

    private void PutInPlace()
    {
        if (!Directory.Exists(_target))
        {
            Directory.Move(Path, _target);
            return;
        }

        if (!_overwrite)
        {
            // Refuses, as it should, when something was put there meanwhile.
            Directory.Delete(_target);
            Directory.Move(Path, _target);
            return;
        }

        Directory.Move(_target, _pending.Old);
        try
        {
            Directory.Move(Path, _target);
        }
        catch (IOException)
        {
            Directory.Move(_pending.Old, _target);
            throw;
        }

        Directory.Delete(_pending.Old, recursive: true);
    }
}
