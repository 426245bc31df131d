using MiCse.Evaluation.Statistics;

namespace MiCse.Evaluation;

/// <summary>How often a text (anchor) is more similar to one that means the same (positive) than to one that does not (negative): sentence-transformers' triplet accuracy.</summary>
/// <param name="Label">What the triplets have in common; null for all of them.</param>
/// <param name="Margins">For each triplet the similarity to the positive less the similarity to the negative.</param>
internal sealed record TripletScore(string? Label, IReadOnlyList<double> Margins)
{
    /// <summary>A margin of at most this is a tie: float32 embeddings do not resolve less.</summary>
    public const double Tie = 1e-6;

    private const double Quantile = 1.959963984540054; // of the normal distribution, 97.5 %

    /// <summary>How many triplets are right: a tie is not.</summary>
    public int Right => Margins.Count(IsRight);

    /// <summary>The share of triplets that are right, 0..1.</summary>
    public double Accuracy => (double)Right / Margins.Count;

    /// <summary>The mean of <see cref="Margins"/>.</summary>
    public double MeanMargin => Margins.Average();

    /// <summary>The 95 % score interval of the accuracy (Wilson 1927), which holds for few triplets too, and for all or none of them right.</summary>
    public ConfidenceInterval Interval
    {
        get
        {
            double count = Margins.Count, square = Quantile * Quantile;
            var center = (Right + (square / 2)) / (count + square);
            var half = Quantile / (count + square) * Math.Sqrt((Right * (count - Right) / count) + (square / 4));
            return new ConfidenceInterval(Right == 0 ? 0 : center - half, Right == Margins.Count ? 1 : center + half);
        }
    }

    /// <summary>Whether two encoders differ by more than chance: p of McNemar's exact test, two-sided.</summary>
    /// <param name="other">The other encoder's score of the same triplets.</param>
    public double PValueAgainst(TripletScore other)
    {
        var pairs = Margins.Zip(other.Margins, (own, others) => (IsRight(own), IsRight(others))).ToList();
        return McNemar.PValue(pairs.Count(pair => pair is (true, false)), pairs.Count(pair => pair is (false, true)));
    }

    /// <summary>Scores triplets as a whole and by their labels, in the order in which these first occur.</summary>
    /// <param name="labels">The label of each triplet; null where they have none.</param>
    /// <param name="margins">The margin of each triplet; at least one.</param>
    public static IReadOnlyList<TripletScore> Of(IReadOnlyList<string?> labels, IReadOnlyList<double> margins)
    {
        var groups = labels.Zip(margins).Where(triplet => triplet.First is not null).GroupBy(triplet => triplet.First, triplet => triplet.Second, StringComparer.Ordinal);
        return [.. groups.Select(group => new TripletScore(group.Key, [.. group])), new TripletScore(null, margins)];
    }

    private static bool IsRight(double margin) => margin > Tie;
}
