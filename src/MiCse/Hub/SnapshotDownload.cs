using System.Globalization;

namespace MiCse.Hub;

/// <summary>Fetches files of one commit into the cache. They appear in its snapshot folder when <see cref="Link"/> says so, and complete.</summary>
internal sealed class SnapshotDownload(
    HubClient client, RepositoryCache cache, HubRepository repository, string commit, DownloadProgress progress)
{
    private const int FilesAtATime = 4;
    private readonly int _rangeLength = client.Limits.RangeLength;
    private readonly Dictionary<string, RemoteFile> _fetched = new(StringComparer.Ordinal);

    /// <summary>Whether anything had to be fetched.</summary>
    public bool FetchedAny => _fetched.Count > 0;

    /// <summary>Looks files up and fetches those that the snapshot does not have.</summary>
    /// <param name="files">The files, with forward slashes.</param>
    /// <param name="largest">Files above this many bytes are left out.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HubException">One of them cannot be had.</exception>
    public async Task FetchAsync(IEnumerable<string> files, CancellationToken cancellation, long largest = long.MaxValue)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = FilesAtATime, CancellationToken = cancellation };
        var missing = files.Where(file => !_fetched.ContainsKey(file) && !cache.Has(commit, file)).Distinct(StringComparer.Ordinal).ToList();
        var found = new RemoteFile[missing.Count];
        await Parallel.ForAsync(0, missing.Count, parallel, async (index, token) =>
            found[index] = await client.DescribeAsync(repository, commit, missing[index], once: false, token).ConfigureAwait(false)).ConfigureAwait(false);
        await FetchAsync([.. found.Where(file => file.Size <= largest)], parallel).ConfigureAwait(false);
    }

    /// <summary>Fetches files that were looked up before.</summary>
    public Task FetchAsync(RemoteFile file, CancellationToken cancellation) => FetchAsync([file], new ParallelOptions { CancellationToken = cancellation });

    /// <summary>Where the content of a fetched file can be read before it appears in the snapshot.</summary>
    public string ContentPath(string file) =>
        _fetched.TryGetValue(file, out var fetched) && !cache.Has(commit, file) ? cache.BlobPath(fetched.Hash) : cache.SnapshotPath(commit, file);

    /// <summary>Lets one fetched file appear in the snapshot.</summary>
    public void Link(string file)
    {
        if (_fetched.TryGetValue(file, out var fetched))
        {
            cache.Link(commit, file, fetched.Hash);
        }
    }

    /// <summary>Lets all fetched files appear in the snapshot, config.json last: without it no tool takes a folder for a model.</summary>
    public void LinkAll()
    {
        foreach (var file in _fetched.Keys.OrderBy(file => Path.GetFileName(file) == "config.json"))
        {
            Link(file);
        }
    }

    private async Task FetchAsync(RemoteFile[] files, ParallelOptions parallel)
    {
        CheckSpace(files);
        progress.Expected(files.Sum(file => file.Size));

        // A large file uses several connections by itself.
        await Parallel.ForEachAsync(files.Where(file => file.Size <= _rangeLength), parallel, async (file, token) =>
            await RunAsync(file, token).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var file in files.Where(file => file.Size > _rangeLength))
        {
            await RunAsync(file, parallel.CancellationToken).ConfigureAwait(false);
        }

        foreach (var file in files)
        {
            _fetched.Add(file.Path, file);
        }
    }

    private Task RunAsync(RemoteFile file, CancellationToken cancellation) =>
        new BlobDownload(new Transfer(client, repository, file), cache, file, _rangeLength, progress).RunAsync(cancellation);

    private void CheckSpace(RemoteFile[] files)
    {
        var needed = files.Where(file => !File.Exists(cache.BlobPath(file.Hash))).Sum(file => file.Size - cache.IncompleteLength(file.Hash));
        if (cache.FreeSpace is { } free && free < needed)
        {
            throw new HubException(HubFailure.DiskFull, string.Create(
                CultureInfo.InvariantCulture,
                $"{repository}: {needed / 1e6:N1} MB are to be fetched, but the disk of the cache has room for {free / 1e6:N1} MB; "
                + $"free some space or set HF_HOME to a folder with more."));
        }
    }
}
