using MiCse.Inference;
using MiCse.Server.Configuration;
using MiCse.Server.Requests;

namespace MiCse.Server.Admission;

/// <summary>
/// Which requests a model takes. It counts what waits in each lane in tokens; from the measured rate follows how long a request would wait, and when one
/// that is refused should come again. Thread-safe.
/// </summary>
/// <param name="options">The limits.</param>
internal sealed class AdmissionControl(MiCseServerOptions options)
{
    // Calls of many texts get a batch after so many of the other lane.
    private const double BulkShare = 1.0 / EncoderQueue.InteractiveInARow;

    // A measured rate may be that of single texts, which leave cores idle; and one of hardly anything says nothing.
    private const double FasterAtMost = 2;
    private const double SlowestRate = 1;
    private const double LongestWait = 86_400;

    private readonly Lock _lock = new();
    private readonly RateMeter _meter = new(options.Time);
    private readonly long[] _tokens = new long[2];
    private int _texts;
    private int _requests;

    /// <summary>Texts and tokens that wait or are computed, and the rate that requests have shown.</summary>
    public (int Requests, int Texts, long Tokens, double? TokensPerSecond) State
    {
        get
        {
            lock (_lock)
            {
                return (_requests, _texts, _tokens[0] + _tokens[1], _meter.MeasuredTokensPerSecond);
            }
        }
    }

    /// <summary>Takes a measurement of the rate over, from the warm-up.</summary>
    public void SetRate(double tokensPerSecond)
    {
        lock (_lock)
        {
            _meter.Set(tokensPerSecond);
        }
    }

    /// <summary>Lets a request in.</summary>
    /// <param name="lane">Where it will wait.</param>
    /// <param name="texts">Its texts.</param>
    /// <param name="tokens">Its tokens, estimated.</param>
    /// <param name="deadline">How long it has; null: as long as it takes.</param>
    /// <returns>To be disposed when the request is done.</returns>
    /// <exception cref="RefusalException">Too much is waiting.</exception>
    public AdmissionTicket Enter(Lane lane, int texts, long tokens, TimeSpan? deadline)
    {
        lock (_lock)
        {
            var wait = Wait(lane);
            var isTooLong = wait > options.Limits.Wait || wait > deadline;
            isTooLong |= wait + LeastTime(tokens) > deadline;

            // A request that nothing is before is always taken: the rate is measured by it.
            if (_requests > 0 && (isTooLong || _texts + texts > options.Limits.WaitingTexts))
            {
                throw new RefusalException(new Refusal(
                    RefusalKind.Overloaded,
                    isTooLong && !(wait > options.Limits.Wait)
                        ? "The request would not be answered within its time: it is too large for that, or too much is waiting before it. Try again later, or allow more time."
                        : "Too much is waiting for this model. Try again later.")
                {
                    RetryAfter = RetryAfter(lane, texts, wait, deadline),
                });
            }

            _requests++;
            _texts += texts;
            _tokens[(int)lane] += tokens;
            _meter.SetBusy(true);
            return new AdmissionTicket(this, lane, texts, tokens);
        }
    }

    internal void Progress(AdmissionTicket ticket, long tokens, long computed)
    {
        lock (_lock)
        {
            _tokens[(int)ticket.Lane] -= tokens;
            _meter.Add(computed);
        }
    }

    internal void Leave(AdmissionTicket ticket, long tokensLeft)
    {
        lock (_lock)
        {
            _requests--;
            _texts -= ticket.Texts;
            _tokens[(int)ticket.Lane] -= tokensLeft;
            _meter.SetBusy(_requests > 0);
        }
    }

    /// <summary>How long a request of a lane would wait for its turn.</summary>
    private TimeSpan Wait(Lane lane)
    {
        if (_meter.TokensPerSecond is not { } rate)
        {
            return TimeSpan.Zero;
        }

        var (interactive, bulk) = (_tokens[(int)Lane.Interactive], _tokens[(int)Lane.Bulk]);
        var before = lane == Lane.Bulk ? interactive + bulk : interactive + Math.Min(bulk, interactive * BulkShare);
        return Seconds(before / Math.Max(rate, SlowestRate));
    }

    /// <summary>How long tokens take at the least, by what requests have shown.</summary>
    private TimeSpan LeastTime(long tokens) =>
        _meter.MeasuredTokensPerSecond is { } rate ? Seconds(tokens / (FasterAtMost * Math.Max(rate, SlowestRate))) : TimeSpan.Zero;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, LongestWait));

    private TimeSpan RetryAfter(Lane lane, int texts, TimeSpan wait, TimeSpan? deadline)
    {
        var allowed = deadline < options.Limits.Wait ? deadline.Value : options.Limits.Wait;
        var byWait = wait - allowed;
        var surplus = _texts + texts - options.Limits.WaitingTexts;
        var byTexts = surplus <= 0 || _texts == 0 ? TimeSpan.Zero : Wait(lane == Lane.Bulk ? lane : Lane.Bulk) * ((double)surplus / _texts);
        var longest = byWait > byTexts ? byWait : byTexts;
        return TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(longest.TotalSeconds), 1, 3600));
    }
}

/// <summary>A request that was let in: leaves when it is disposed.</summary>
internal sealed class AdmissionTicket : IProgress<EncodeProgress>, IDisposable
{
    private readonly AdmissionControl _control;
    private readonly long _tokens;
    private EncodeProgress _seen;
    private long _left;
    private bool _isOver;

    public AdmissionTicket(AdmissionControl control, Lane lane, int texts, long tokens)
    {
        (_control, Lane, Texts, _tokens, _left) = (control, lane, texts, tokens, tokens);
    }

    public Lane Lane { get; }

    public int Texts { get; }

    /// <summary>Counts what has been encoded; one call at a time.</summary>
    public void Report(EncodeProgress value)
    {
        var share = (long)((double)_tokens * (value.TextsDone - _seen.TextsDone) / Math.Max(1, Texts));
        var done = Math.Min(_left, share);
        _left -= done;
        _control.Progress(this, done, value.TokensComputed - _seen.TokensComputed);
        _seen = value;
    }

    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            _control.Leave(this, _left);
        }
    }
}
