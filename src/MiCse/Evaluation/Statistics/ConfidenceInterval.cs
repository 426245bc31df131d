namespace MiCse.Evaluation.Statistics;

/// <summary>The middle 95 % of a bootstrap distribution.</summary>
/// <param name="Low">The 2.5 % quantile.</param>
/// <param name="High">The 97.5 % quantile.</param>
public readonly record struct ConfidenceInterval(double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>The interval of values, quantiles interpolated linearly; null when there is none but NaN.</summary>
    internal static ConfidenceInterval? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return sorted.Length == 0 ? null : new ConfidenceInterval(Quantile(sorted, Tail), Quantile(sorted, 1 - Tail));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
