using MiCse.Files;

namespace MiCse.Hub;

/// <summary>
/// Fetches models and data files from the Hugging Face Hub into the cache that Python's tools use as well. Contents are checked against the
/// hashes that the Hub announces; interrupted downloads go on where they stopped; several processes fetch a file once. Thread-safe.
/// </summary>
internal sealed class ModelHub : IDisposable
{
    private readonly HubOptions _options;
    private readonly HubClient _client;
    private readonly CacheDisk _disk;

    /// <summary>Opens the Hub; nothing is asked yet.</summary>
    /// <param name="options">Where it is, where the cache is, and who asks.</param>
    /// <param name="time">Measures the waits between attempts; the system's clock by default.</param>
    public ModelHub(HubOptions options, TimeProvider? time = null)
        : this(options, time ?? TimeProvider.System, new TransferLimits(), new CacheDisk())
    {
    }

    internal ModelHub(HubOptions options, TimeProvider time, TransferLimits limits, CacheDisk disk, HttpMessageHandler? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _disk) = (options, disk);
        _client = new HubClient(options, time, limits, transport);
    }

    /// <summary>Brings a model into the cache, or brings it up to date.</summary>
    /// <param name="repository">The model.</param>
    /// <param name="progress">Told about every few kilobytes, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops it; what came is kept.</param>
    /// <returns>Its folder. When the Hub is out of reach, the copy in the cache with a note.</returns>
    /// <exception cref="HubException">It cannot be had.</exception>
    /// <exception cref="ModelFormatException">It is no model that this library runs.</exception>
    public async Task<HubDownload> FetchModelAsync(
        HubRepository repository, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var cache = new RepositoryCache(_options.CacheFolder, repository, _disk);
        var commit = cache.CommitOf(repository) is { } known && CachedModel.IsComplete(cache, known) ? known : null;

        // The files of a commit never change.
        if (commit is not null && (repository.IsCommit || _options.Offline))
        {
            return Cached(cache, repository, commit, null);
        }

        ThrowIfOffline(repository.ToString());
        RepositoryListing listing;
        try
        {
            listing = await _client.ListAsync(repository, once: commit is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException failure) when (commit is not null && failure.IsOutage)
        {
            return Cached(cache, repository, commit, Older(failure, commit));
        }

        var snapshot = new SnapshotDownload(_client, cache, repository, listing.Commit, new DownloadProgress(progress));
        await new ModelDownload(snapshot, cache, repository, listing).RunAsync(cancellationToken).ConfigureAwait(false);
        cache.SetCommit(repository, listing.Commit);
        return new HubDownload(cache.SnapshotFolder(listing.Commit), listing.Commit, null);
    }

    /// <summary>Brings a data file into the cache, or brings it up to date.</summary>
    /// <param name="file">The file.</param>
    /// <param name="progress">Told about every few kilobytes, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops it; what came is kept.</param>
    /// <returns>Its path, with the ending it has on the Hub. When the Hub is out of reach, the copy in the cache with a note.</returns>
    /// <exception cref="HubException">It cannot be had.</exception>
    public async Task<HubDownload> FetchFileAsync(
        HubFile file, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var repository = file.Repository;
        var cache = new RepositoryCache(_options.CacheFolder, repository, _disk);
        var commit = cache.CommitOf(repository) is { } known && cache.Has(known, file.Path) ? known : null;
        if (commit is not null && (repository.IsCommit || _options.Offline))
        {
            return new HubDownload(cache.SnapshotPath(commit, file.Path), commit, null);
        }

        ThrowIfOffline(file.ToString());
        RemoteFile found;
        try
        {
            found = await _client.DescribeAsync(repository, repository.Revision, file.Path, once: commit is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException failure) when (commit is not null && failure.IsOutage)
        {
            return new HubDownload(cache.SnapshotPath(commit, file.Path), commit, Older(failure, commit));
        }

        if (!cache.Has(found.Commit, file.Path))
        {
            var snapshot = new SnapshotDownload(_client, cache, repository, found.Commit, new DownloadProgress(progress));
            await snapshot.FetchAsync(found, cancellationToken).ConfigureAwait(false);
            snapshot.LinkAll();
        }

        cache.SetCommit(repository, found.Commit);
        return new HubDownload(cache.SnapshotPath(found.Commit, file.Path), found.Commit, null);
    }

    /// <summary>Closes the connections. No call may be running.</summary>
    public void Dispose() => _client.Dispose();

    private static HubDownload Cached(RepositoryCache cache, HubRepository repository, string commit, string? note)
    {
        var doubt = CachedModel.Doubt(cache, repository, commit);
        return new HubDownload(cache.SnapshotFolder(commit), commit, note is null || doubt is null ? note ?? doubt : $"{note} Besides, {doubt}");
    }

    private static string Older(HubException failure, string commit) =>
        $"{failure.Message.TrimEnd('.')}; using the copy of commit {commit[..7]} in the cache.";

    private void ThrowIfOffline(string subject)
    {
        if (_options.Offline)
        {
            throw new HubException(HubFailure.NotCached,
                $"{subject}: is not, or not completely, in the cache {_options.CacheFolder}, and HF_HUB_OFFLINE is set; "
                + "unset it, or fetch it on a machine with a network and copy the cache.");
        }
    }
}
