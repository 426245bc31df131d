using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace MiCse.Serving.Load;

/// <summary>Sends requests of one text and checks every answer.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly HttpClient _client;
    private readonly Texts _texts;
    private readonly bool _exact;
    private readonly ConcurrentBag<double> _milliseconds = [];
    private int _refused;
    private int _wrong;
    private int _failed;

    /// <param name="server">Where.</param>
    /// <param name="texts">What is asked.</param>
    /// <param name="exact">Whether answers must be right to the last bit.</param>
    public LoadGenerator(Uri server, Texts texts, bool exact)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2_000, PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = server };
        (_texts, _exact) = (texts, exact);
    }

    /// <summary>Some clients, each of which sends its next request when the last one is answered.</summary>
    public async Task<LoadResult> ClosedAsync(int clients, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var number = client; Stopwatch.GetElapsedTime(start) < duration; number += clients)
            {
                await SendAsync(number % _texts.All.Count, Stopwatch.GetTimestamp());
            }
        })));
        return Result(start);
    }

    /// <summary>Requests at a rate, whether the server is done with the last ones or not; a request's time begins when it was due.</summary>
    public async Task<LoadResult> OpenAsync(double perSecond, TimeSpan duration)
    {
        var (start, running) = (Stopwatch.GetTimestamp(), new ConcurrentDictionary<Task, bool>());
        for (var number = 0; number / perSecond < duration.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds(number / perSecond);
            if (due - Stopwatch.GetElapsedTime(start) is { TotalMilliseconds: > 1 } early)
            {
                await Task.Delay(early);
            }

            var sent = Task.Run(() => SendAsync(number % _texts.All.Count, start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
            running[sent] = true;
            _ = sent.ContinueWith(task => running.TryRemove(task, out _), TaskScheduler.Default);
        }

        await Task.WhenAll(running.Keys);
        return Result(start);
    }

    /// <summary>All texts in requests of many, some requests at a time.</summary>
    /// <returns>Texts a second.</returns>
    public async Task<double> BulkAsync(int textsPerRequest, int atOnce, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var chunks = Enumerable.Range(0, _texts.All.Count / textsPerRequest);
        await Parallel.ForEachAsync(chunks, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop }, async (chunk, token) =>
        {
            var from = chunk * textsPerRequest;
            using var content = new ByteArrayContent(_texts.Body(from..(from + textsPerRequest)));
            using var response = await _client.PostAsync(new Uri("/embed", UriKind.Relative), content, token);
            var answer = await response.Content.ReadAsByteArrayAsync(token);
            Interlocked.Add(ref _failed, response.StatusCode == HttpStatusCode.OK ? 0 : 1);
            if (chunk % 20 == 0 && response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Add(ref _wrong, _texts.IsRight(answer, from, textsPerRequest, _exact) ? 0 : 1);
            }
        });
        return _wrong + _failed > 0 ? double.NaN : chunks.Count() * textsPerRequest / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(int text, long since)
    {
        try
        {
            using var content = new ByteArrayContent(_texts.Body(text));
            content.Headers.ContentType = new("application/json");
            using var response = await _client.PostAsync(new Uri("/embed", UriKind.Relative), content);
            var answer = await response.Content.ReadAsByteArrayAsync();
            var elapsed = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (response.StatusCode == HttpStatusCode.OK)
            {
                _milliseconds.Add(elapsed);
                Interlocked.Add(ref _wrong, _texts.IsRight(answer, text, 1, _exact) ? 0 : 1);
            }
            else if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Interlocked.Increment(ref _refused);
            }
            else
            {
                Interlocked.Increment(ref _failed);
            }
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private LoadResult Result(long start) => new(Stopwatch.GetElapsedTime(start).TotalSeconds, [.. _milliseconds.Order()], _refused, _wrong, _failed);
}
