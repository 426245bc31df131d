namespace MiCse.Files;

/// <summary>What a clone without Git LFS holds in place of a large file: three lines of text that name its hash and size.</summary>
internal static class LfsPointer
{
    private const int LongestPointer = 1024;

    private static ReadOnlySpan<byte> Beginning => "version https://git-lfs.github.com/spec/"u8;

    /// <summary>Refuses a pointer by name.</summary>
    /// <exception cref="ModelFormatException">The file is a pointer.</exception>
    public static void Refuse(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LongestPointer)
            {
                return;
            }

            using var file = File.OpenRead(path);
            var start = new byte[Beginning.Length];
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !Beginning.SequenceEqual(start))
            {
                return;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return; // Whoever reads the file says it better.
        }

        throw new ModelFormatException(
            path, "is a Git LFS pointer, not the file itself: run `git lfs pull` in the folder it was cloned to, or fetch the model with `micse download`");
    }
}
