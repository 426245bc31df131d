namespace MiCse.Cli.Options;

/// <summary>
/// Keeps a second command from working for the same folder, which it could not put in its place in the end. A hidden file next to the folder is locked
/// and goes with the lock; what a killed command leaves of it does not keep the next one out.
/// </summary>
internal sealed class OutputLock : IDisposable
{
    private readonly FileStream? _file;

    private OutputLock(FileStream? file) => _file = file;

    /// <summary>Locks a folder that is to be written.</summary>
    /// <exception cref="IOException">Another command is writing it.</exception>
    public static OutputLock Acquire(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return new OutputLock(null);
        }

        var lockPath = Path.Combine(parent, $".{Path.GetFileName(path)}.lock");
        while (true)
        {
            FileStream file;
            try
            {
                file = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (UnauthorizedAccessException)
            {
                return new OutputLock(null); // writing will say why it cannot
            }
            catch (IOException) when (File.Exists(lockPath))
            {
                throw new IOException($"{folder}: another command is writing this folder; wait until it is done, or name another folder.");
            }
            catch (IOException)
            {
                return new OutputLock(null);
            }

            if (File.Exists(lockPath))
            {
                return new OutputLock(file);
            }

            file.Dispose(); // It was locked just after the other command let go of it, and deleted with its lock.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
