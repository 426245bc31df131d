namespace MiCse.Inference;

/// <summary>How long a call waited and what it took. Begins with its making. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class CallTimes(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _tokenizing;
    private long _computing;
    private long _end;

    /// <summary>From its making to its end.</summary>
    public TimeSpan Total => time.GetElapsedTime(_start, Ended);

    /// <summary>What tokenizing took, on all threads together.</summary>
    public TimeSpan Tokenizing => time.GetElapsedTime(0, _tokenizing);

    /// <summary>From its first batch to its end.</summary>
    public TimeSpan Computing => _computing == 0 ? TimeSpan.Zero : time.GetElapsedTime(_computing, Ended);

    /// <summary>Neither tokenized nor computed.</summary>
    public TimeSpan Waiting => Total - Computing - Tokenizing is { Ticks: > 0 } waiting ? waiting : TimeSpan.Zero;

    private long Ended => _end == 0 ? time.GetTimestamp() : _end;

    /// <summary>What the clock shows.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>Notes that texts have been tokenized since a time.</summary>
    public void AddTokenizing(long since) => Interlocked.Add(ref _tokenizing, time.GetTimestamp() - since);

    /// <summary>Notes that a batch of it begins.</summary>
    public void BeginBatch() => Interlocked.CompareExchange(ref _computing, time.GetTimestamp(), 0);

    /// <summary>Notes its end.</summary>
    public void End() => _end = time.GetTimestamp();
}
