namespace MiCse.Training.LowShot;

/// <summary>Student's t-test for paired values: whether the mean of their differences may be 0.</summary>
/// <param name="Differences">The differences over the pairs.</param>
/// <param name="T">
/// The mean difference divided by its standard error; n - 1 degrees of freedom. Null for one pair, which has no test; NaN when all differences
/// are 0, infinite when they are all the same.
/// </param>
/// <param name="PValue">The two-sided probability of such a t or one farther from 0 if there is no difference; null or NaN with <paramref name="T"/>.</param>
public sealed record PairedTTest(SeedStatistics Differences, double? T, double? PValue)
{
    /// <summary>Tests first - second, for normally distributed differences.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or there is no pair.</exception>
    public static PairedTTest Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"Pairs need as many values on both sides, but there are {first.Count} and {second.Count}.");
        }

        var differences = SeedStatistics.Of([.. first.Zip(second, (a, b) => a - b)]);
        if (differences.StandardDeviation is not { } deviation)
        {
            return new PairedTTest(differences, null, null);
        }

        var t = differences.Mean / (deviation / Math.Sqrt(differences.Count));
        return new PairedTTest(differences, t, TwoSided(t, differences.Count - 1));
    }

    /// <summary>
    /// The probability that Student's t lies as far from 0 as <paramref name="t"/>: one minus the finite series of Abramowitz and Stegun 26.7.3 (odd
    /// degrees of freedom) and 26.7.4 (even). Exact but for rounding, to about 1e-15 absolute.
    /// </summary>
    internal static double TwoSided(double t, int degreesOfFreedom)
    {
        var angle = Math.Atan(Math.Abs(t) / Math.Sqrt(degreesOfFreedom));
        var (sine, cosine) = Math.SinCos(angle);
        var odd = degreesOfFreedom % 2 == 1;
        // The terms cos θ, 2/3 cos³ θ, (2·4)/(3·5) cos⁵ θ, … or 1, 1/2 cos² θ, (1·3)/(2·4) cos⁴ θ, …
        double term = odd ? cosine : 1, sum = 0;
        for (var power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }

        var within = odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
        return double.IsNaN(t) ? double.NaN : Math.Clamp(1 - within, 0, 1);
    }
}

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
