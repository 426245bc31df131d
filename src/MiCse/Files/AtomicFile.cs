namespace MiCse.Files;

/// <summary>
/// A file that appears complete or not at all: it is written beside its place and renamed by <see cref="Commit"/>.
/// Disposed without a commit, it leaves nothing behind and an older file as it was. Not thread-safe.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly string _temporary;
    private bool _closed;

    private AtomicFile(string path, string temporary, Stream stream)
    {
        Path = path;
        _temporary = temporary;
        Stream = stream;
    }

    /// <summary>Where the file will be: the full path.</summary>
    public string Path { get; }

    /// <summary>What to write to; seekable. Closed by <see cref="Commit"/> and <see cref="Dispose"/>.</summary>
    public Stream Stream { get; }

    /// <summary>Starts a file; folders on the way to it are made.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <exception cref="IOException">The file cannot be written there; one sentence with the path.</exception>
    public static AtomicFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = System.IO.Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new IOException($"{path}: is a device, and the file would be put in its place; name an ordinary file.");
        }

        if (Directory.Exists(full))
        {
            throw new IOException($"{path}: is a folder; name a file.");
        }

        var temporary = WriteFailure.BesidePath(full);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            return new AtomicFile(full, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
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
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
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
            if (Stream is FileStream file)
            {
                file.Flush(flushToDisk: true);
            }

            Stream.Dispose();
            File.Move(_temporary, Path, overwrite: true);
            _closed = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw WriteFailure.Explain(Path, failure);
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

        File.Delete(_temporary);
    }
}
