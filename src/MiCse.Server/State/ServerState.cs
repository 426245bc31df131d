using MiCse.Server.Configuration;
using MiCse.Server.Requests;

namespace MiCse.Server.State;

/// <summary>Whether the server is starting, ready, or stopping, and what it does now. Thread-safe.</summary>
/// <param name="options">The clock.</param>
internal sealed class ServerState(MiCseServerOptions options)
{
    private readonly Lock _lock = new();
    private readonly long _start = options.Time.GetTimestamp();
    private TaskCompletionSource? _idle;
    private int _requests;
    private long _total;

    /// <summary>Whether the warm-up is over.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Whether it was asked to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Why it does not become ready; null as long as all is well.</summary>
    public string? Failure { get; set; }

    /// <summary>Requests that are being answered.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that were taken since the start.</summary>
    public long TotalRequests => Volatile.Read(ref _total);

    public TimeSpan Uptime => options.Time.GetElapsedTime(_start);

    public void SetReady() => IsReady = true;

    public void SetStopping() => IsStopping = true;

    /// <summary>Counts a request until what is returned is disposed.</summary>
    /// <exception cref="RefusalException">There are too many, or the server is not ready.</exception>
    public IDisposable Enter(int most)
    {
        if (!IsReady)
        {
            throw new RefusalException(new Refusal(RefusalKind.NotReady, Failure ?? "The server is starting; its model is being loaded.") { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        lock (_lock)
        {
            if (_requests >= most)
            {
                throw new RefusalException(new Refusal(RefusalKind.Overloaded, $"{most} requests are being answered; no more are taken at a time.") { RetryAfter = TimeSpan.FromSeconds(1) });
            }

            _requests++;
            _total++;
        }

        return new Entered(this);
    }

    /// <summary>Waits until no request is being answered.</summary>
    public async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_lock)
        {
            if (_requests == 0)
            {
                return;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Leave()
    {
        lock (_lock)
        {
            _requests--;
            if (_requests == 0)
            {
                _idle?.SetResult();
                _idle = null;
            }
        }
    }

    private sealed class Entered(ServerState state) : IDisposable
    {
        public void Dispose() => state.Leave();
    }
}
