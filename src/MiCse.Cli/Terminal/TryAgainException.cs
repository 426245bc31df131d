namespace MiCse.Cli.Terminal;

/// <summary>What may succeed when the same command runs again; it has left nothing half-done.</summary>
internal sealed class TryAgainException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Whether a failure is the disk's or the network's, and not what was asked for.</summary>
    public static bool IsTemporary(IOException failure) =>
        failure is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && failure.InnerException is not UnauthorizedAccessException;
}
