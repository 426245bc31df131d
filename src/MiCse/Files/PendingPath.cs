namespace MiCse.Files;

/// <summary>
/// An unused name beside a target, where its next content is written so that the rename stays on one disk. A locked file says that the writer
/// lives; what killed writers left beside the same target is cleared away by the next one. Safe with several writers, in this process or others.
/// </summary>
internal sealed class PendingPath : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private const string Lock = ".lock";
    private const string Temporary = ".tmp";
    private const string Replaced = ".old";
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, MatchType = MatchType.Simple };

    // Elsewhere the runtime deletes a file on close even when it could not be locked.
    private static readonly FileOptions s_options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;

    private readonly string _stem;
    private readonly FileStream _lock;

    private PendingPath(string stem, FileStream held) => (_stem, _lock) = (stem, held);

    /// <summary>Where the new content grows.</summary>
    public string New => _stem + Temporary;

    /// <summary>Where an old folder waits while the new one takes its place.</summary>
    public string Old => _stem + Replaced;

    /// <summary>Takes an unused name beside a target, whose folder exists, and clears away what is left of killed writers.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static PendingPath Create(string target)
    {
        var path = Claim(target);
        try
        {
            Sweep(target, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What cannot be cleared away stays.
        }

        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Release(_stem, _lock);

    private static PendingPath Claim(string target)
    {
        while (true)
        {
            var stem = $"{Prefix(target)}{Guid.NewGuid():N}";
            FileStream held;
            try
            {
                held = Open(stem, FileMode.CreateNew);
            }
            catch (IOException failure) when (failure.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation)
            {
                continue; // Another writer's sweep saw the file before it was locked, has locked it and will delete it.
            }

            try
            {
                if (IsAt(stem + Lock, held))
                {
                    return new PendingPath(stem, held);
                }
            }
            catch (IOException)
            {
                Release(stem, held);
                throw;
            }

            held.Dispose(); // A sweep has deleted it already, and another may have made one of its own with the same name.
        }
    }

    // Whether a path leads to a new file that is held open: a byte is written to the one and looked for in the other.
    private static bool IsAt(string path, FileStream held)
    {
        held.WriteByte(0);
        held.Flush();
        return new FileInfo(path) is { Exists: true, Length: > 0 };
    }

    private static void Sweep(string target, PendingPath own)
    {
        var folder = Path.GetDirectoryName(target)!;
        var left = Directory.EnumerateFileSystemEntries(folder, $".{Path.GetFileName(target)}.*", s_all).Select(entry => Stem(entry, target))
            .OfType<string>().Where(stem => stem != own._stem).Distinct().ToList();
        if (left.Count == 0 || !IsLocked(own._stem))
        {
            return; // On a file system without locks nobody can tell who lives.
        }

        foreach (var stem in left)
        {
            try
            {
                var held = Open(stem, FileMode.OpenOrCreate);
                try
                {
                    Clear(target, stem);
                }
                finally
                {
                    Release(stem, held);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Its writer lives.
            }
        }
    }

    private static void Clear(string target, string stem)
    {
        if (Directory.Exists(stem + Replaced) && !Path.Exists(target))
        {
            Directory.Move(stem + Replaced, target); // Killed after the old folder went and before the new one came.
        }

        foreach (var path in new[] { stem + Temporary, stem + Replaced })
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private static bool IsLocked(string stem)
    {
        try
        {
            new FileStream(stem + Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static FileStream Open(string stem, FileMode mode) => new(stem + Lock, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, s_options);

    private static void Release(string stem, FileStream held)
    {
        using (held)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(stem + Lock); // While it is locked: afterwards it may be another's.
            }
        }
    }

    private static string Prefix(string target) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.");

    /// <summary>The part of a name before its ending, if it is a name that this class gives beside a target.</summary>
    private static string? Stem(string entry, string target) =>
        Path.GetExtension(entry) is Temporary or Replaced or Lock && entry[..^Path.GetExtension(entry).Length] is var stem
            && stem.StartsWith(Prefix(target), StringComparison.Ordinal) && Guid.TryParseExact(stem[Prefix(target).Length..], "N", out _)
            ? stem
            : null;
}
