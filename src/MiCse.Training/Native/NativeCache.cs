using System.Security.Cryptography;
using MiCse.Files;

namespace MiCse.Training.Native;

/// <summary>The user's folder for adapted native libraries.</summary>
internal static class NativeCache
{
    /// <summary><c>$XDG_CACHE_HOME/micse</c>, or <c>~/.cache/micse</c>.</summary>
    public static string DefaultFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                Path.IsPathRooted(cache)
                    ? cache
                    : Path.Combine(UserFolder.Home(Environment.GetEnvironmentVariable), ".cache"),
                "micse");
        }
    }

    /// <summary>
    /// Puts a library into the cache, in a folder named by its content so that its file name can stay. Safe when several
    /// processes do it at once: each writes beside and renames.
    /// </summary>
    /// <returns>The full path of the file, whose content is exactly <paramref name="library"/>.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static string Store(string cacheFolder, string fileName, byte[] library)
    {
        var folder = Path.Combine(cacheFolder, "native", Convert.ToHexStringLower(SHA256.HashData(library))[..16]);
        var path = Path.Combine(folder, fileName);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(library))
        {
            return path;
        }

        Directory.CreateDirectory(folder);
        var beside = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(beside, library);
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }

        return path;
    }
}
