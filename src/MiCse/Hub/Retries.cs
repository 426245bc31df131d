using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MiCse.Hub;

/// <summary>What is tried again, how often, and how long to wait in between.</summary>
internal sealed class Retries
{
    /// <summary>The longest wait that a server may ask for with Retry-After; people cancel before they wait longer.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(0.5);

    private const int Attempts = 4;

    /// <param name="time">Measures the waits.</param>
    /// <param name="patience">How long to wait for an answer to begin, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public Retries(TimeProvider time, TimeSpan patience)
    {
        var once = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        var often = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = Attempts,
            BackoffType = DelayBackoffType.Exponential,
            Delay = s_firstDelay,
            MaxDelay = TimeSpan.FromSeconds(30),
            UseJitter = true,
            DelayGenerator = attempt => ValueTask.FromResult(RequestedWait(attempt.Outcome.Result, time)),
            ShouldHandle = attempt => ValueTask.FromResult(IsWorthAnotherTry(attempt.Outcome, time)),
        });
        if (patience != Timeout.InfiniteTimeSpan)
        {
            once.AddTimeout(patience);
            often.AddTimeout(patience);
        }

        Once = once.Build();
        Often = often.Build();
        Transfers = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = Attempts,
            BackoffType = DelayBackoffType.Exponential,
            Delay = s_firstDelay,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<BrokenTransferException>(),
        }).Build();
    }

    /// <summary>For requests that something else can stand in for: one attempt.</summary>
    public ResiliencePipeline<HttpResponseMessage> Once { get; }

    /// <summary>For requests: again when the server is overloaded or the connection fails, after Retry-After if the server says so.</summary>
    public ResiliencePipeline<HttpResponseMessage> Often { get; }

    /// <summary>For contents: again when they break off.</summary>
    public ResiliencePipeline Transfers { get; }

    private static bool IsWorthAnotherTry(Outcome<HttpResponseMessage> outcome, TimeProvider time) => outcome switch
    {
        // A name that does not resolve and a certificate that is refused stay so.
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } } => false,
        { Exception: not null } => outcome.Exception is HttpRequestException or TimeoutRejectedException,
        { Result: { } response } => IsTransient(response.StatusCode) && !(RequestedWait(response, time) > s_longestWait),
        _ => false,
    };

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>What Retry-After asks for, in seconds or as a date; null without it.</summary>
    private static TimeSpan? RequestedWait(HttpResponseMessage? response, TimeProvider time) => response?.Headers.RetryAfter is not { } after ? null
        : after.Delta ?? (after.Date - time.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : TimeSpan.Zero);
}
