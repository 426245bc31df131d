namespace MiCse.EncodingSpeed.Measures;

/// <summary>What one contestant did.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Seconds">For the texts of each round.</param>
/// <param name="SingleSeconds">For one text, in each round.</param>
/// <param name="PeakBytes">Largest resident size.</param>
/// <param name="Cosine">The smallest cosine of its embeddings with the first contestant's.</param>
/// <param name="PaddingShare">What part of the computation was padding; null when the contestant does not say.</param>
internal sealed record Result(
    string Name, IReadOnlyList<double> Seconds, IReadOnlyList<double> SingleSeconds, long PeakBytes, double Cosine, double? PaddingShare)
{
    /// <summary>How many times as fast as another, the median of the rounds' ratios.</summary>
    public double SpeedAgainst(Result other) => Statistics.Median(other.Seconds.Zip(Seconds, (theirs, mine) => theirs / mine));

    /// <summary>The time for one text in parts of another's, the median of the rounds' ratios.</summary>
    public double LatencyAgainst(Result other) => Statistics.Median(SingleSeconds.Zip(other.SingleSeconds, (mine, theirs) => mine / theirs));
}
