namespace MiCse.Files;

/// <summary>What <see cref="AtomicFile"/> and <see cref="AtomicFolder"/> say when the disk refuses.</summary>
internal static class WriteFailure
{
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>One sentence with the path, or the failure itself when it is such a sentence already.</summary>
    public static IOException Explain(string path, Exception failure) => failure switch
    {
        IOException { InnerException: IOException or UnauthorizedAccessException } explained => explained,
        { HResult: NoSpaceUnix or DiskFullWindows or HandleDiskFullWindows } =>
            new IOException($"{path}: cannot be written, the disk is full; free some space or write elsewhere (nothing was left behind).", failure),
        { HResult: QuotaUnix } =>
            new IOException($"{path}: cannot be written, the disk quota is used up; free some space or write elsewhere (nothing was left behind).", failure),
        UnauthorizedAccessException => new IOException($"{path}: cannot be written, permission is denied.", failure),
        _ => new IOException($"{path}: cannot be written: {failure.Message}", failure),
    };

    /// <summary>
    /// Whether a failure while a file is written is the disk's. Others come from what the content is made of: an input that is not there, the Hub.
    /// </summary>
    public static bool IsOfDisk(Exception failure) =>
        failure is UnauthorizedAccessException || failure.GetType() == typeof(IOException) || failure is DirectoryNotFoundException or PathTooLongException;

    /// <summary>Whether a write failed because there is no room left.</summary>
    public static bool IsDiskFull(Exception failure) => failure.HResult is NoSpaceUnix or QuotaUnix or DiskFullWindows or HandleDiskFullWindows;
}
