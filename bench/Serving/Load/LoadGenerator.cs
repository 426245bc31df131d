using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace MiCse.Serving.Load;

/// <summary>Sends requests of one text and checks every answer.</summary>
/// <param name="server">Where.</param>
/// <param name="texts">What is asked.</param>
/// <param name="isExact">Whether answers must be right to the last bit.</param>
internal sealed class LoadGenerator(Uri server, Texts texts, bool isExact)
{
    /// <summary>Requests that are open at a time at most in open loop; what would be more is not sent.</summary>
    public const int MostOpen = 1024;

    private readonly byte[][] _requests = [.. Enumerable.Range(0, texts.All.Count).Select(text => Connection.Request(server, "/embed", texts.Body(text)))];
    private readonly ConcurrentBag<double> _milliseconds = [];
    private int _sent;
    private int _refused;
    private int _wrong;
    private int _failed;

    /// <summary>Some clients, each of which sends its next request when the last one is answered.</summary>
    public async Task<LoadResult> ClosedAsync(int clients, TimeSpan duration, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            using var connection = new Connection(server);
            for (var number = client; Stopwatch.GetElapsedTime(start) < duration; number += clients)
            {
                await SendAsync(connection, number % texts.All.Count, stop);
            }
        }, stop)));
        return Result(start);
    }

    /// <summary>Requests at a rate, whether the server is done with the last ones or not.</summary>
    public Task<LoadResult> OpenAsync(double perSecond, TimeSpan duration, CancellationToken stop) =>
        OpenAsync(perSecond, elapsed => elapsed < duration, stop);

    /// <summary>Requests at a rate until something ends.</summary>
    public Task<LoadResult> UntilAsync(double perSecond, CancellationToken end) => OpenAsync(perSecond, _ => !end.IsCancellationRequested, CancellationToken.None);

    private async Task<LoadResult> OpenAsync(double perSecond, Func<TimeSpan, bool> goesOn, CancellationToken stop)
    {
        var (start, next) = (Stopwatch.GetTimestamp(), -1);
        await Task.WhenAll(Enumerable.Range(0, MostOpen).Select(_ => Task.Run(async () =>
        {
            using var connection = new Connection(server);
            while (Interlocked.Increment(ref next) is var number && TimeSpan.FromSeconds(number / perSecond) is var due && goesOn(due) && goesOn(Stopwatch.GetElapsedTime(start)))
            {
                if (due - Stopwatch.GetElapsedTime(start) is { TotalMilliseconds: > 1 } early)
                {
                    await Task.Delay(early, stop);
                }


                await SendAsync(connection, number % texts.All.Count, stop);
            }
        }, stop)));
        return Result(start);
    }

    private async Task SendAsync(Connection connection, int text, CancellationToken stop)
    {
        var since = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _sent);
        try
        {
            var (status, body) = await connection.SendAsync(_requests[text], stop);
            if (status == HttpStatusCode.OK)
            {
                _milliseconds.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                Interlocked.Add(ref _wrong, texts.IsRight(body.Span, text, isExact) ? 0 : 1);
            }
            else if (status == HttpStatusCode.TooManyRequests)
            {
                Interlocked.Increment(ref _refused);
            }
            else
            {
                Interlocked.Increment(ref _failed);
            }
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private LoadResult Result(long start) => new(Stopwatch.GetElapsedTime(start).TotalSeconds, [.. _milliseconds.Order()])
    {
        Sent = _sent, Refused = _refused, Wrong = _wrong, Failed = _failed,
    };
}
