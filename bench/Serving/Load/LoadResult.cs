namespace MiCse.Serving.Load;

/// <summary>What came of a load.</summary>
/// <param name="Seconds">How long it was.</param>
/// <param name="Milliseconds">How long each request took that was answered, from its sending, ascending.</param>
internal sealed record LoadResult(double Seconds, double[] Milliseconds)
{
    /// <summary>Requests that were sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Requests that were answered with 429.</summary>
    public required int Refused { get; init; }

    /// <summary>Answers with a wrong vector.</summary>
    public required int Wrong { get; init; }

    /// <summary>Answers with another code, and connections that broke.</summary>
    public required int Failed { get; init; }

    public int Answered => Milliseconds.Length;

    public double PerSecond => Answered / Seconds;

    /// <summary>The time that a share of the requests did not exceed.</summary>
    public double Percentile(double share) => Answered == 0 ? double.NaN : Milliseconds[Math.Min(Answered - 1, (int)Math.Ceiling(share * Answered) - 1)];
}
