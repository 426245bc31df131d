namespace MiCse.Numerics;

/// <summary>The threads that compute a batch: its caller's, alone or with others.</summary>
/// <param name="threads">How many; at least 1.</param>
/// <param name="cancellationToken">Stops between two steps.</param>
/// <param name="pause">Called between two steps on the caller's thread: what is more urgent is computed meanwhile. Null: nothing is.</param>
internal sealed class Team(int threads, CancellationToken cancellationToken, Action? pause = null)
{
    /// <summary>Work on a part of numbered items.</summary>
    /// <param name="from">The first item.</param>
    /// <param name="to">The item after the last one.</param>
    public delegate void Work(int from, int to);

    /// <summary>Does a step: numbered items, cut into as many parts as there are threads. What an item becomes must not depend on the cut.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Share(int items, Work work)
    {
        cancellationToken.ThrowIfCancellationRequested();
        pause?.Invoke();
        var parts = Math.Min(threads, items);
        if (parts <= 1)
        {
            work(0, items);
            return;
        }

        ParallelLoop.For(parts, part => work((int)((long)items * part / parts), (int)((long)items * (part + 1) / parts)));
    }
}
