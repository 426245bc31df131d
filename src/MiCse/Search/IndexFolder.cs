using MiCse.Files;
using MiCse.Search.Files;

namespace MiCse.Search;

/// <summary>The folder of an index as its one writer holds it: locked, and free of what no manifest names.</summary>
internal sealed class IndexFolder : IDisposable
{
    private const string LockName = "writer.lock";

    private readonly FileStream _lock;

    private IndexFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Makes the folder, or takes an empty one.</summary>
    /// <exception cref="IOException">There is something in it, or it cannot be made.</exception>
    public static IndexFolder Create(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path}: is a file; name a folder.");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw WriteFailure.Explain(path, failure);
        }

        var folder = Lock(path);
        if (Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) != LockName))
        {
            folder.Dispose();
            throw new IOException($"{path}: has files in it already; name a new folder or empty it.");
        }

        return folder;
    }

    /// <summary>Keeps other writers out until it is disposed, also those of other processes; the system lets go when this one is killed.</summary>
    /// <exception cref="IOException">Somebody else is writing, or the folder cannot be written.</exception>
    public static IndexFolder Lock(string path)
    {
        try
        {
            return new IndexFolder(
                path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (UnauthorizedAccessException failure)
        {
            throw WriteFailure.Explain(path, failure);
        }
        catch (IOException failure) when (failure is not DirectoryNotFoundException)
        {
            throw new IOException($"{path}: somebody else is changing this index; try again when they are done ({failure.Message.TrimEnd('.')}).", failure);
        }
    }

    /// <summary>Deletes the files of segments that the manifest does not name: what a killed writer left, and what was compacted away.</summary>
    public void Sweep(IndexManifest manifest)
    {
        var named = manifest.Segments.SelectMany(segment => segment.Sections.Keys.Select(name => SegmentEntry.FileName(segment.Number, name))).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(Path, "*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            var name = System.IO.Path.GetFileName(file);
            if (IsOurs(name) && !named.Contains(name))
            {
                try
                {
                    File.Delete(file);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    // On Windows a reader may still have it mapped; the next writer tries again.
                }
            }
        }
    }

    public void Dispose() => _lock.Dispose();

    // 000012.float32, or the manifest before it was renamed.
    private static bool IsOurs(string name) =>
        (name.IndexOf('.', StringComparison.Ordinal) >= 6 && name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal)).IndexOfAnyExceptInRange('0', '9') < 0)
        || (name.StartsWith($".{IndexManifest.FileName}.", StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal));
}
