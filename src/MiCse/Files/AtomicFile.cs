namespace MiCse.Files;

/// <summary>
/// A file that appears complete or not at all: it is written to a temporary file beside its place and renamed by <see cref="Commit"/>. It keeps the
/// mode of the file it replaces; a symbolic link stays and leads to the new content. What is neither file nor folder, as a pipe or a device, gets
/// the content when it is complete. Disposed without a commit, it leaves nothing behind and an older file as it was; what a killed process left is
/// deleted by the next one that writes the same file. Not thread-safe.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly PendingPath? _pending;
    private bool _closed;

    private AtomicFile(string path, PendingPath? pending, FileStream stream)
    {
        Path = path;
        _pending = pending;
        Stream = stream;
    }

    /// <summary>Where the file will be: the full path, of what a symbolic link leads to.</summary>
    public string Path { get; }

    /// <summary>What to write to; seekable. Closed by <see cref="Commit"/> and <see cref="Dispose"/>.</summary>
    public Stream Stream { get; }

    /// <summary>Starts a file; folders on the way to it are made.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <exception cref="IOException">The file cannot be written there; one sentence with the path.</exception>
    public static AtomicFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: is a folder; name a file.");
        }

        PendingPath? pending = null;
        try
        {
            var target = WriteTarget.Of(path);
            if (target.InPlace)
            {
                var scratch = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"micse-{Guid.NewGuid():N}.tmp");
                return new AtomicFile(target.Path, null, Open(scratch, null, FileOptions.DeleteOnClose));
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target.Path)!);
            pending = PendingPath.Create(target.Path);
            return new AtomicFile(target.Path, pending, Open(pending.New, ExistingMode(target.Path), FileOptions.None));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            pending?.Dispose();
            throw WriteFailure.Explain(path, failure);
        }
    }

    /// <summary>Writes a whole file at once.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="write">Writes the content to the stream it gets.</param>
    /// <exception cref="IOException">The file cannot be written; one sentence with the path.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = Create(path);
        try
        {
            write(file.Stream);
        }
        catch (Exception failure) when (WriteFailure.IsOfDisk(failure))
        {
            throw WriteFailure.Explain(path, failure);
        }

        file.Commit();
    }

    /// <summary>Flushes the file to the disk and puts it in its place.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; nothing is left.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        try
        {
            if (_pending is null)
            {
                CopyInPlace();
            }
            else
            {
                ((FileStream)Stream).Flush(flushToDisk: true);
                Stream.Dispose();
                WriteTarget.CopyMode(Path, _pending.New);
                File.Move(_pending.New, Path, overwrite: true);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw WriteFailure.Explain(Path, failure);
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
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // The last buffered bytes of a file that is thrown away could not be written: nobody needs them.
        }

        if (_pending is not null)
        {
            File.Delete(_pending.New);
            _pending.Dispose();
        }
    }

    private void CopyInPlace()
    {
        using var target = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (target.CanSeek && target.Length > 0)
        {
            target.SetLength(0);
        }

        Stream.Position = 0;
        Stream.CopyTo(target);
    }

    // Nobody may read it meanwhile who may not read the file it replaces.
    private static UnixFileMode? ExistingMode(string path) => OperatingSystem.IsWindows() || !File.Exists(path)
        ? null
        : File.GetUnixFileMode(path) | UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static FileStream Open(string path, UnixFileMode? mode, FileOptions options)
    {
        var start = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = BufferSize,
            Options = options,
        };
        if (!OperatingSystem.IsWindows())
        {
            start.UnixCreateMode = mode;
        }

        return new FileStream(path, start);
    }
}
