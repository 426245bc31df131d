using MiCse.Evaluation.Statistics;

namespace MiCse.Evaluation.Reports;

/// <summary>Two encoders on one task, or on average.</summary>
/// <param name="Name">The task, or the average.</param>
/// <param name="First">The first encoder's figure.</param>
/// <param name="Second">The second encoder's figure.</param>
/// <param name="Interval">
/// The 95 % interval of the difference, from samples that both encoders share; null when there is nothing to sample.
/// </param>
/// <param name="PValue">
/// How likely so large a difference is between encoders that are equally good, two-sided; null likewise. For a transfer task McNemar's
/// exact test over the examples that only one of them gets right; for correlations and averages twice the smaller share of samples with a
/// difference on either side of zero, one sample added to each.
/// </param>
internal sealed record TaskComparison(string Name, double First, double Second, ConfidenceInterval? Interval, double? PValue)
{
    /// <summary>First minus second.</summary>
    public double Difference => First - Second;
}
