using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Requests;

/// <summary>Ends a request's work when its time is over or its caller has gone.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);
    private static readonly object s_key = new();

    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;

    /// <param name="allowed">How long the request may take; a day at the most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="context">The request, which knows its deadline from now on.</param>
    public RequestDeadline(TimeSpan allowed, TimeProvider time, HttpContext context)
    {
        Allowed = allowed < s_longest ? allowed : s_longest;
        _caller = context.RequestAborted;
        _timeout = new CancellationTokenSource(Allowed, time);
        context.Items.TryAdd(s_key, this); // the first of a request is over first
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, _caller);
    }

    public TimeSpan Allowed { get; }

    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the time is over, and the caller still waits.</summary>
    public bool IsOver => _timeout.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>What a request is told whose time is over; null when it is not.</summary>
    public static Refusal? MissedBy(HttpContext context) => context.Items[s_key] is RequestDeadline { IsOver: true } deadline
        ? new Refusal(RefusalKind.Overloaded, $"The request was not answered within {deadline.Allowed.TotalSeconds:0.######} seconds, and was dropped.") { RetryAfter = TimeSpan.FromSeconds(1) }
        : null;

    public void Dispose()
    {
        _stop.Dispose();
        _timeout.Dispose();
    }
}
