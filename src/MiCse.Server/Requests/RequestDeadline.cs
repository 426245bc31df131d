namespace MiCse.Server.Requests;

/// <summary>Ends a request's work when its time is over or its caller has gone.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;

    /// <param name="allowed">How long the request may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Ends with the caller's connection.</param>
    public RequestDeadline(TimeSpan allowed, TimeProvider time, CancellationToken caller)
    {
        Allowed = allowed;
        _caller = caller;
        _timeout = new CancellationTokenSource(allowed, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller);
    }

    public TimeSpan Allowed { get; }

    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the time is over, and the caller still waits.</summary>
    public bool IsOver => _timeout.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Dispose()
    {
        _stop.Dispose();
        _timeout.Dispose();
    }
}
