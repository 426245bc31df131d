namespace MiCse.Hub;

/// <summary>Lets one process at a time fetch a file. Python's filelock takes the same kind of lock on the same file, so both wait for each other.</summary>
internal static class FileLock
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the lock; disposing what is returned releases it. The file stays: deleting it would let two processes in.</summary>
    public static async Task<IDisposable> AcquireAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException failure) when (failure.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation)
            {
                await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
            }
        }
    }
}
