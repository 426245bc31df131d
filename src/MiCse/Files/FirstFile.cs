using System.Runtime.InteropServices;

namespace MiCse.Files;

/// <summary>A file that the first of several processes puts in its place, and the others find there.</summary>
internal static partial class FirstFile
{
    /// <summary>Writes a whole file unless there is one already.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">What it shall hold.</param>
    /// <returns>Whether it is ours.</returns>
    /// <exception cref="IOException">The folder cannot be written; one sentence with the path.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var full = Path.GetFullPath(path);
            using var pending = PendingPath.Create(full);
            try
            {
                using (var file = new FileStream(pending.New, FileMode.CreateNew, FileAccess.Write))
                {
                    file.Write(content);
                    file.Flush(flushToDisk: true);
                }

                return Publish(pending.New, full);
            }
            finally
            {
                File.Delete(pending.New);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw WriteFailure.Explain(path, failure);
        }
    }

    // A second name for the file, which the system refuses when it is taken; File.Move looks first and then replaces.
    private static bool Publish(string from, string to)
    {
        if (!OperatingSystem.IsWindows() && Link(from, to) == 0)
        {
            return true;
        }

        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(to))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
