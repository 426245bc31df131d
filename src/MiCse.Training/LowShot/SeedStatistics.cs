namespace MiCse.Training.LowShot;

/// <summary>A figure over seeds.</summary>
/// <param name="Count">Seeds.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The sample standard deviation, with n - 1 in the denominator; null for one seed.</param>
public sealed record SeedStatistics(int Count, double Mean, double? StandardDeviation)
{
    /// <summary>Mean and deviation of values, one a seed.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static SeedStatistics Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            throw new ArgumentException("A mean needs at least one value.", nameof(values));
        }

        var mean = values.Average();
        return new SeedStatistics(
            values.Count, mean, values.Count == 1 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
