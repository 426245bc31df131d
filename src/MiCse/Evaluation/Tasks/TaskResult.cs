using MiCse.Evaluation.Statistics;

namespace MiCse.Evaluation.Tasks;

/// <summary>One task's figures.</summary>
/// <param name="Name">The task.</param>
/// <param name="Split">The split the figures are from.</param>
public abstract record TaskResult(string Name, EvaluationSplit Split)
{
    /// <summary>
    /// The figure that is reported: Spearman's correlation over all pairs, -1..1, or the accuracy, 0..1. NaN when it is not defined.
    /// </summary>
    public abstract double Score { get; }

    /// <summary>
    /// The 95 % percentile bootstrap interval of <see cref="Score"/> over pairs or examples; null when none was asked for or there is
    /// nothing to sample.
    /// </summary>
    public ConfidenceInterval? Interval { get; init; }

    /// <summary>How many pairs or examples there are to sample.</summary>
    internal abstract int SampleSize { get; }

    /// <summary>Makes the function that gives <see cref="Score"/> over a sample: indices of pairs or examples, with repetitions.</summary>
    internal abstract Func<ReadOnlySpan<int>, double> ScoreOfSample();
}
