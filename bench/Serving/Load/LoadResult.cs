namespace MiCse.Serving.Load;

/// <summary>What came of a load.</summary>
/// <param name="Seconds">How long it was.</param>
/// <param name="Milliseconds">How long each request took that was answered, ascending.</param>
/// <param name="Refused">Requests that were answered with 429.</param>
/// <param name="Wrong">Answers with a wrong vector.</param>
/// <param name="Failed">Answers with a code of 500 or more, and connections that broke.</param>
internal sealed record LoadResult(double Seconds, double[] Milliseconds, int Refused, int Wrong, int Failed)
{
    public int Answered => Milliseconds.Length;

    public double PerSecond => Answered / Seconds;

    /// <summary>The time that a share of the requests did not exceed.</summary>
    public double Percentile(double share) => Answered == 0 ? double.NaN : Milliseconds[Math.Min(Answered - 1, (int)Math.Ceiling(share * Answered) - 1)];
}
