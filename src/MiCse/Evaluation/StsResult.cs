namespace MiCse.Evaluation;

/// <summary>One task's figures, as SentEval aggregates them.</summary>
/// <param name="Name">The task.</param>
/// <param name="Split">The split the figures are from.</param>
/// <param name="All">Over the pairs of all subsets together: the figure that is reported.</param>
/// <param name="Subsets">Each subset alone, in the task's order.</param>
public sealed record StsResult(string Name, EvaluationSplit Split, StsScore All, IReadOnlyList<KeyValuePair<string, StsScore>> Subsets)
{
    /// <summary>The plain mean over the subsets of their Spearman correlations.</summary>
    public double MeanSpearman => Subsets.Average(subset => subset.Value.Spearman);

    /// <summary>The mean over the subsets of their Spearman correlations, weighted by their numbers of pairs.</summary>
    public double WeightedMeanSpearman => WeightedMean(score => score.Spearman);

    /// <summary>The plain mean over the subsets of their Pearson correlations.</summary>
    public double MeanPearson => Subsets.Average(subset => subset.Value.Pearson);

    /// <summary>The mean over the subsets of their Pearson correlations, weighted by their numbers of pairs.</summary>
    public double WeightedMeanPearson => WeightedMean(score => score.Pearson);

    private double WeightedMean(Func<StsScore, double> figure) =>
        Subsets.Sum(subset => figure(subset.Value) * subset.Value.Pairs) / Subsets.Sum(subset => subset.Value.Pairs);
}
