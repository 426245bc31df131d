using MiCse.Evaluation.Statistics;

namespace MiCse.Evaluation.Tasks;

/// <summary>One STS task's figures, as SentEval aggregates them.</summary>
/// <param name="Name">The task.</param>
/// <param name="Split">The split the figures are from.</param>
/// <param name="All">Over the pairs of all subsets together: the figure that is reported.</param>
/// <param name="Subsets">Each subset alone, in the task's order.</param>
/// <param name="Pairs">Every pair, in the order of the subsets.</param>
public sealed record StsResult(
    string Name, EvaluationSplit Split, StsScore All, IReadOnlyList<KeyValuePair<string, StsScore>> Subsets, IReadOnlyList<ScoredPair> Pairs)
    : TaskResult(Name, Split)
{
    /// <inheritdoc/>
    public override double Score => All.Spearman;

    /// <summary>Alignment and uniformity of the embeddings of STS Benchmark's sentences; null for other tasks.</summary>
    public AlignmentUniformity? AlignmentUniformity { get; init; }

    /// <summary>The plain mean over the subsets of their Spearman correlations.</summary>
    public double MeanSpearman => Subsets.Average(subset => subset.Value.Spearman);

    /// <summary>The mean over the subsets of their Spearman correlations, weighted by their numbers of pairs.</summary>
    public double WeightedMeanSpearman => WeightedMean(score => score.Spearman);

    /// <summary>The plain mean over the subsets of their Pearson correlations.</summary>
    public double MeanPearson => Subsets.Average(subset => subset.Value.Pearson);

    /// <summary>The mean over the subsets of their Pearson correlations, weighted by their numbers of pairs.</summary>
    public double WeightedMeanPearson => WeightedMean(score => score.Pearson);

    internal override int SampleSize => Pairs.Count;

    /// <summary>Spearman's correlation in one of SentEval's three settings.</summary>
    internal double Spearman(SubsetAggregation aggregation) => aggregation switch
    {
        SubsetAggregation.Mean => MeanSpearman,
        SubsetAggregation.WeightedMean => WeightedMeanSpearman,
        _ => All.Spearman,
    };

    internal override Func<ReadOnlySpan<int>, double> ScoreOfSample() =>
        new SampledSpearman([.. Pairs.Select(pair => pair.Similarity)], [.. Pairs.Select(pair => pair.Pair.Gold)]).Of;

    private double WeightedMean(Func<StsScore, double> figure) =>
        Subsets.Sum(subset => figure(subset.Value) * subset.Value.Pairs) / Subsets.Sum(subset => subset.Value.Pairs);
}

/// <summary>A pair with what the encoder makes of it.</summary>
/// <param name="Pair">The sentences and their gold score.</param>
/// <param name="Similarity">The cosine of their embeddings, -1..1.</param>
public readonly record struct ScoredPair(StsPair Pair, double Similarity);

/// <summary>How well similarities agree with gold scores.</summary>
/// <param name="Pairs">Pairs scored.</param>
/// <param name="Spearman">Spearman's rho, -1..1; NaN when it is not defined (fewer than two pairs, or one side constant).</param>
/// <param name="Pearson">Pearson's r, -1..1; NaN likewise.</param>
public readonly record struct StsScore(int Pairs, double Spearman, double Pearson)
{
    internal static StsScore Of(ReadOnlySpan<double> similarities, ReadOnlySpan<double> gold) => new(
        gold.Length,
        Correlation.Spearman(similarities, gold),
        gold.Length < 2 ? double.NaN : Correlation.Pearson(similarities, gold));
}

/// <summary>
/// How an STS task's subsets become one figure. Published tables use <see cref="All"/> or one of the others without always saying so.
/// </summary>
internal enum SubsetAggregation
{
    /// <summary>The correlation over the pairs of all subsets together, as SimCSE and miCSE report it.</summary>
    All,

    /// <summary>The mean of the subsets' correlations.</summary>
    Mean,

    /// <summary>The mean weighted by the subsets' numbers of pairs.</summary>
    WeightedMean,
}
