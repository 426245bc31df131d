using System.Buffers;
using System.Net;

namespace MiCse.Hub;

/// <summary>Moves ranges of one file from the network to whoever takes the bytes, going on where a connection breaks off. Thread-safe.</summary>
internal sealed class Transfer(HubClient client, HubRepository repository, RemoteFile file)
{
    private const int BufferSize = 1 << 16;

    /// <summary>Reads a range.</summary>
    /// <param name="from">First byte.</param>
    /// <param name="to">The byte after the last.</param>
    /// <param name="orToTheEnd">Whether to read on to the end of the file if the server sends the whole of it anyway.</param>
    /// <param name="take">Gets the bytes in order.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The byte after the last that was read.</returns>
    /// <exception cref="HubException">The range cannot be had.</exception>
    public async Task<long> ReadAsync(
        long from, long to, bool orToTheEnd, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellation)
    {
        var position = from;
        try
        {
            while (position < to)
            {
                await client.Transfers.ExecuteAsync(
                    async attempt =>
                    {
                        using var response = await client.OpenAsync(repository, file, position, to, attempt).ConfigureAwait(false);
                        var whole = response.StatusCode == HttpStatusCode.OK;
                        CheckRange(response, position, whole);
                        to = whole && orToTheEnd ? file.Size : to;
                        using var body = await response.Content.ReadAsStreamAsync(attempt).ConfigureAwait(false);
                        await foreach (var bytes in ChunksAsync(body, skip: whole ? position : 0, attempt).ConfigureAwait(false))
                        {
                            var wanted = bytes[..(int)Math.Min(bytes.Length, to - position)];
                            await take(wanted).ConfigureAwait(false);
                            position += wanted.Length;
                            if (position == to)
                            {
                                return;
                            }
                        }

                        throw new BrokenTransferException("the connection ended early");
                    },
                    cancellation).ConfigureAwait(false);
            }
        }
        catch (BrokenTransferException failure)
        {
            throw new HubException(HubFailure.Unreachable,
                $"{repository}: the transfer of {file.Path} breaks off again and again ({failure.Message}); "
                + "what came is kept, and the same command goes on from there.", failure);
        }

        return position;
    }

    private void CheckRange(HttpResponseMessage response, long position, bool whole)
    {
        var range = response.Content.Headers.ContentRange;
        var total = whole ? response.Content.Headers.ContentLength : range?.Length;
        if ((total ?? file.Size) != file.Size || (!whole && range?.From != position))
        {
            throw new HubException(HubFailure.Corrupt,
                $"{repository}: {file.Path} is served as {(whole ? $"{total} bytes" : range?.ToString() ?? "an unnamed range")} where the Hub announces {file.Size} bytes; try again later.");
        }
    }

    /// <summary>The bytes of a body after the first few; a body that is silent for too long counts as broken.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync(
        Stream body, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var buffer = MemoryPool<byte>.Shared.Rent(BufferSize);
        while (true)
        {
            silence.CancelAfter(client.Limits.Patience);
            var count = await ReadAsync(body, buffer.Memory, silence.Token, cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                yield break;
            }

            var skipped = (int)Math.Min(skip, count);
            skip -= skipped;
            if (skipped < count)
            {
                yield return buffer.Memory[skipped..count];
            }
        }
    }

    private static async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken silence, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new BrokenTransferException("the server fell silent", failure);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new BrokenTransferException(failure.Message.TrimEnd('.'), failure);
        }
    }
}
