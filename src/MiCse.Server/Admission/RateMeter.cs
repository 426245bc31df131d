namespace MiCse.Server.Admission;

/// <summary>How many tokens a second a model encodes, measured while it has something to do. Not thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class RateMeter(TimeProvider time)
{
    private const double Share = 0.3; // of a new measurement
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(0.5);

    private long? _busySince;
    private TimeSpan _busy;
    private long _tokens;

    /// <summary>The rate; null before the first measurement.</summary>
    public double? TokensPerSecond { get; private set; }

    /// <summary>The rate of requests; null as long as only the warm-up has told one, which is lower.</summary>
    public double? MeasuredTokensPerSecond { get; private set; }

    /// <summary>Notes that there is something to do, or no longer.</summary>
    public void SetBusy(bool isBusy)
    {
        if (!isBusy && _busySince is { } since)
        {
            _busy += time.GetElapsedTime(since);
            _busySince = null;
        }
        else if (isBusy)
        {
            _busySince ??= time.GetTimestamp();
        }
    }

    /// <summary>Notes tokens that have been encoded.</summary>
    public void Add(long tokens)
    {
        _tokens += tokens;
        var busy = _busy + (_busySince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
        if (busy < s_window || _tokens <= 0)
        {
            return;
        }

        Set(_tokens / busy.TotalSeconds);
        MeasuredTokensPerSecond = TokensPerSecond;
        (_tokens, _busy) = (0, TimeSpan.Zero);
        _busySince = _busySince is null ? null : time.GetTimestamp();
    }

    /// <summary>Takes a measurement over.</summary>
    public void Set(double tokensPerSecond) =>
        TokensPerSecond = TokensPerSecond is { } old ? old + (Share * (tokensPerSecond - old)) : tokensPerSecond;
}
