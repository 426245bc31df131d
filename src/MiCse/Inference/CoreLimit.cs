namespace MiCse.Inference;

/// <summary>
/// Lets no more threads compute than an encoder may use, over all its callers. Who takes a core gives it back by disposing the lease.
/// Thread-safe.
/// </summary>
/// <param name="threads">How many may compute at a time.</param>
internal sealed class CoreLimit(int threads) : IDisposable
{
    private readonly SemaphoreSlim _free = new(threads);

    /// <summary>How many may compute at a time.</summary>
    public int Threads => threads;

    /// <summary>Waits for one core.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public Lease Take(CancellationToken cancellationToken)
    {
        _free.Wait(cancellationToken);
        return new Lease(this, 1);
    }

    /// <summary>Waits for one core, and takes all of them if nobody else computes then.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public Lease TakeAllIfFree(CancellationToken cancellationToken)
    {
        _free.Wait(cancellationToken);
        var taken = 1;
        while (taken < threads && _free.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        if (taken is > 1 && taken < threads)
        {
            _free.Release(taken - 1);
            taken = 1;
        }

        return new Lease(this, taken);
    }

    public void Dispose() => _free.Dispose();

    /// <summary>Cores that were taken.</summary>
    public readonly struct Lease(CoreLimit limit, int cores) : IDisposable
    {
        /// <summary>Whether nobody else computes meanwhile.</summary>
        public bool HasAll => cores == limit.Threads;

        public void Dispose() => limit._free.Release(cores);
    }
}
