namespace MiCse.Evaluation;

/// <summary>
/// How an STS task's subsets become one figure. Published tables use <see cref="All"/> or one of the others without always saying so.
/// </summary>
public enum SubsetAggregation
{
    /// <summary>The correlation over the pairs of all subsets together, as SimCSE and miCSE report it.</summary>
    All,

    /// <summary>The mean of the subsets' correlations.</summary>
    Mean,

    /// <summary>The mean weighted by the subsets' numbers of pairs.</summary>
    WeightedMean,
}
