namespace MiCse.Hub;

/// <summary>Something could not be fetched from the Hub. The message is one sentence: what, why, and what to do.</summary>
public sealed class HubException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="inner">What lies below, if anything.</param>
    public HubException(HubFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public HubFailure Failure { get; }

    /// <summary>Whether the Hub could not be asked, so that a copy in the cache is the best there is.</summary>
    internal bool IsOutage => Failure is HubFailure.Unreachable or HubFailure.Busy;
}
