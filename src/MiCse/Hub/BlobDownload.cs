using MiCse.Files;

namespace MiCse.Hub;

/// <summary>Brings the content of one file into the cache: complete and checked, or not at all.</summary>
/// <remarks>
/// Ranges are fetched side by side but written in order, so that what is on the disk after an interruption is always the first
/// part of the file, which the next attempt (or Python's tools) can go on from.
/// </remarks>
internal sealed class BlobDownload(Transfer transfer, RepositoryCache cache, RemoteFile file, int rangeLength, DownloadProgress progress)
{
    private const int Connections = 4;

    /// <summary>Fetches what is missing.</summary>
    /// <exception cref="HubException">It cannot be had, or is not what the Hub announced.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var turn = await FileLock.AcquireAsync(cache.LockPath(file.Hash), cancellation).ConfigureAwait(false);
        if (File.Exists(cache.BlobPath(file.Hash)) || cache.Has(file.Commit, file.Path))
        {
            progress.Found(file.Size);
            return;
        }

        try
        {
            // What an earlier attempt left may be damaged: then once more from the start.
            var tookUp = cache.IncompleteLength(file.Hash) > 0;
            if (!await FillAsync(cancellation).ConfigureAwait(false) && !(tookUp && await FillAsync(cancellation).ConfigureAwait(false)))
            {
                cache.Discard(file.Hash);
                throw new HubException(HubFailure.Corrupt,
                    $"{file.Path}: what arrived does not have the hash that the Hub announces ({file.Hash}); nothing of it is kept; "
                    + "check the proxy and HF_ENDPOINT, or try again later.");
            }

            cache.Complete(file.Hash);
        }
        catch (IOException failure) when (WriteFailure.IsDiskFull(failure))
        {
            throw new HubException(HubFailure.DiskFull,
                $"{cache.IncompletePath(file.Hash)}: the disk is full; "
                + "free some space or set HF_HOME to a folder with more, and the same command goes on from here.", failure);
        }
    }

    /// <returns>Whether the content is complete and right; if not, it is empty again.</returns>
    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        using var stream = cache.OpenIncomplete(file.Hash);
        using var checksum = new Checksum(file.Hash, file.Size);
        var position = await TakeUpAsync(stream, checksum, cancellation).ConfigureAwait(false);

        // The first range shows whether the server knows ranges.
        position = await transfer.ReadAsync(position, Math.Min(position + rangeLength, file.Size), orToTheEnd: true, WriteAndCount, cancellation)
            .ConfigureAwait(false);
        await WriteInOrderAsync(position, Write, cancellation).ConfigureAwait(false);
        if (!checksum.Matches())
        {
            progress.Lost(stream.Length);
            stream.SetLength(0);
            return false;
        }

        await stream.FlushAsync(cancellation).ConfigureAwait(false);
        (stream as FileStream)?.Flush(flushToDisk: true);
        return true;

        // Not cancellable: a write is quick, and half of one would leave a gap.
        ValueTask Write(ReadOnlyMemory<byte> bytes)
        {
            checksum.Append(bytes.Span);
            return stream.WriteAsync(bytes, CancellationToken.None);
        }

        ValueTask WriteAndCount(ReadOnlyMemory<byte> bytes)
        {
            progress.Received(bytes.Length);
            return Write(bytes);
        }
    }

    /// <summary>Reads what is there already.</summary>
    /// <returns>Its length.</returns>
    private async Task<long> TakeUpAsync(Stream stream, Checksum checksum, CancellationToken cancellation)
    {
        if (stream.Length > file.Size)
        {
            stream.SetLength(0);
        }

        var buffer = new byte[1 << 16];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            checksum.Append(buffer.AsSpan(0, count));
        }

        progress.Found(stream.Length);
        return stream.Length;
    }

    private async Task WriteInOrderAsync(long position, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var free = new Stack<MemoryStream>();
        var running = new Queue<(MemoryStream Bytes, Task Done)>();
        try
        {
            while (position < file.Size || running.Count > 0)
            {
                for (; position < file.Size && running.Count < Connections; position = Math.Min(position + rangeLength, file.Size))
                {
                    var into = free.TryPop(out var used) ? used : new MemoryStream(rangeLength);
                    running.Enqueue((into, StartAsync(position, Math.Min(position + rangeLength, file.Size), into, stop.Token)));
                }

                var (bytes, done) = running.Peek();
                await done.ConfigureAwait(false);
                running.Dequeue();
                await write(Content(bytes)).ConfigureAwait(false);
                bytes.SetLength(0);
                free.Push(bytes);
            }
        }
        catch (Exception failure) when (failure is HubException or OperationCanceledException)
        {
            // The range that is next in order did not end: keep what came of it.
            await StopAsync().ConfigureAwait(false);
            await write(Content(running.Peek().Bytes)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
        }

        async Task StopAsync()
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running.Select(range => range.Done)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static ReadOnlyMemory<byte> Content(MemoryStream bytes) => bytes.GetBuffer().AsMemory(0, (int)bytes.Length);

    private Task<long> StartAsync(long from, long to, MemoryStream into, CancellationToken cancellation)
    {
        return transfer.ReadAsync(from, to, orToTheEnd: false, Take, cancellation);

        ValueTask Take(ReadOnlyMemory<byte> chunk)
        {
            into.Write(chunk.Span);
            progress.Received(chunk.Length);
            return ValueTask.CompletedTask;
        }
    }
}
