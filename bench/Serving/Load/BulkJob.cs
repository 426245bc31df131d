using System.Diagnostics;
using System.Net;

namespace MiCse.Serving.Load;

/// <summary>Many texts in requests of many, some requests at a time; every answer is checked.</summary>
/// <param name="texts">All of them.</param>
/// <param name="textsPerRequest">Texts of a request.</param>
/// <param name="route">Where they go, and in what form the answers come.</param>
internal sealed class BulkJob(Texts texts, int textsPerRequest, BulkRoute route)
{
    // The answers themselves would take half a gigabyte.
    private readonly UInt128[] _expected = [
        .. Enumerable.Range(0, texts.All.Count / textsPerRequest).Select(chunk => route.Expected(texts, chunk * textsPerRequest, textsPerRequest)),
    ];

    /// <summary>Sends them all.</summary>
    /// <param name="server">Where.</param>
    /// <param name="atOnce">Requests at a time.</param>
    /// <param name="isExact">Whether answers must be right to the last bit.</param>
    /// <param name="stop">Ends it early; the rate is that of what was answered until then.</param>
    /// <exception cref="InvalidDataException">An answer was wrong, or none.</exception>
    public async Task<BulkResult> RunAsync(Uri server, int atOnce, bool isExact, CancellationToken stop)
    {
        var (start, next, done, refused) = (Stopwatch.GetTimestamp(), -1, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            using var connection = new Connection(server);
            while (Interlocked.Increment(ref next) is var chunk && chunk < _expected.Length && !stop.IsCancellationRequested)
            {
                var from = chunk * textsPerRequest;
                var request = Connection.Request(server, route.Path, route.Body(texts.All.Skip(from).Take(textsPerRequest)));
                try
                {
                    (HttpStatusCode Status, ReadOnlyMemory<byte> Body) answer;
                    while ((answer = await connection.SendAsync(request, stop)).Status == HttpStatusCode.TooManyRequests)
                    {
                        Interlocked.Increment(ref refused);
                        await Task.Delay(TimeSpan.FromSeconds(1), stop); // as Retry-After says
                    }

                    var isRight = answer.Status == HttpStatusCode.OK
                        && (isExact ? route.Hash(answer.Body.Span) == _expected[chunk] : chunk % 20 > 0 || texts.AreNear(answer.Body.Span, from));
                    Interlocked.Add(ref done, isRight ? textsPerRequest : throw new InvalidDataException($"Request {chunk} of the bulk job was answered with {answer.Status} and a wrong vector."));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }, CancellationToken.None)));
        return new BulkResult(done, done / Stopwatch.GetElapsedTime(start).TotalSeconds, refused);
    }
}

/// <summary>What came of a bulk job.</summary>
/// <param name="Texts">Texts that were answered.</param>
/// <param name="PerSecond">Texts a second.</param>
/// <param name="Refused">How often a request was told to come later.</param>
internal sealed record BulkResult(int Texts, double PerSecond, int Refused);
