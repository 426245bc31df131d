namespace MiCse.Hub;

/// <summary>
/// One repository in the cache folder: blobs/HASH holds contents, snapshots/COMMIT/FILE links to them, refs/REVISION names the commit of a
/// branch, .no_exist/COMMIT/FILE says that a commit has no such file. The layout is described at huggingface.co/docs/hub/local-cache.
/// </summary>
internal sealed class RepositoryCache
{
    private readonly string _folder;
    private readonly string _locks;

    private readonly CacheDisk _disk;

    public RepositoryCache(string cacheFolder, HubRepository repository, CacheDisk disk)
    {
        _disk = disk;
        var name = $"{repository.KindName}--{repository.Id.Replace("/", "--", StringComparison.Ordinal)}";
        _folder = Path.Combine(cacheFolder, name);
        _locks = Path.Combine(cacheFolder, ".locks", name);
    }

    /// <summary>Bytes that can still be written here; null where the system does not say.</summary>
    public long? FreeSpace => _disk.FreeSpace(_folder);

    public string BlobPath(string hash) => Path.Combine(_folder, "blobs", hash);

    /// <summary>Where a content grows; always its first bytes without gaps, so that Python's tools can go on from there too.</summary>
    public string IncompletePath(string hash) => BlobPath(hash) + ".incomplete";

    /// <summary>How much of a content is there already.</summary>
    public long IncompleteLength(string hash) => new FileInfo(IncompletePath(hash)) is { Exists: true } file ? file.Length : 0;

    /// <summary>Opens the growing content to go on with it.</summary>
    public Stream OpenIncomplete(string hash)
    {
        var path = IncompletePath(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return _disk.Open(path);
    }

    /// <summary>Makes a complete content out of the growing one.</summary>
    public void Complete(string hash) => File.Move(IncompletePath(hash), BlobPath(hash), overwrite: true);

    /// <summary>Throws a growing content away.</summary>
    public void Discard(string hash) => File.Delete(IncompletePath(hash));

    public string LockPath(string hash) => Path.Combine(_locks, hash + ".lock");

    public string SnapshotFolder(string commit) => Path.Combine(_folder, "snapshots", commit);

    public string SnapshotPath(string commit, string file) => Path.Combine(SnapshotFolder(commit), Local(file));

    /// <summary>Whether there is a file, or a link to one; <see cref="File.Exists"/> says yes to a link whose content is gone.</summary>
    public static bool Exists(string path)
    {
        try
        {
            return File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);
        }
        catch (IOException)
        {
            return false; // links in a circle
        }
    }

    public bool Has(string commit, string file) => Exists(SnapshotPath(commit, file));

    /// <summary>The commit that a revision meant when it was last fetched, or null.</summary>
    public string? CommitOf(HubRepository repository)
    {
        if (repository.IsCommit)
        {
            return repository.Revision;
        }

        var path = RefPath(repository.Revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && RepositoryPath.IsCommit(commit) ? commit : null;
    }

    /// <summary>Notes the commit that a branch or tag means now.</summary>
    public void SetCommit(HubRepository repository, string commit)
    {
        if (!repository.IsCommit && CommitOf(repository) != commit)
        {
            var path = RefPath(repository.Revision);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ReplaceFile(path, temporary => File.WriteAllText(temporary, commit));
        }
    }

    /// <summary>Notes that a commit has no such file.</summary>
    public void SetAbsent(string commit, string file)
    {
        var path = Path.Combine(_folder, ".no_exist", commit, Local(file));
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
    }

    /// <summary>Whether it is known that a commit has no such file.</summary>
    public bool IsAbsent(string commit, string file) => File.Exists(Path.Combine(_folder, ".no_exist", commit, Local(file)));

    /// <summary>Lets a file of a commit appear, whole: a relative link to the content, or where links cannot be made the content itself.</summary>
    public void Link(string commit, string file, string hash)
    {
        if (Has(commit, file))
        {
            return;
        }

        var path = SnapshotPath(commit, file);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Beside(path);
        try
        {
            _disk.CreateLink(temporary, Path.GetRelativePath(folder, BlobPath(hash)));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Windows without developer mode, and file systems without links. Moved and not copied, as Python does: half the space.
            MoveInto(path, BlobPath(hash));
        }
    }

    private static string Local(string file) => file.Replace('/', Path.DirectorySeparatorChar);

    private static string Beside(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    private static void MoveInto(string path, string blob)
    {
        try
        {
            File.Move(blob, path, overwrite: true);
        }
        catch (FileNotFoundException) when (File.Exists(path))
        {
            // Another process has just done the same.
        }
    }

    private static void ReplaceFile(string path, Action<string> write)
    {
        var temporary = Beside(path);
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }

    private string RefPath(string revision) => Path.Combine(_folder, "refs", Local(revision));
}
