using System.Numerics.Tensors;

namespace MiCse.Evaluation.Statistics;

/// <summary>Correlation coefficients in double precision, with SciPy's behaviour at the edges.</summary>
public static class Correlation
{
    /// <summary>
    /// Pearson's r: the cosine of the two centred vectors, -1..1. NaN when one side is constant.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ or are below 2, or a value is not finite.</exception>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ThrowIfLengthsDiffer(x, y);
        if (x.Length < 2)
        {
            throw new ArgumentException($"A correlation needs at least two pairs of values, but there are {x.Length}.", nameof(x));
        }

        if (!AreFinite(x) || !AreFinite(y))
        {
            throw new ArgumentException("A correlation needs finite values, but one is NaN or infinite.");
        }

        if (IsConstant(x) || IsConstant(y))
        {
            return double.NaN;
        }

        var centredX = Centred(x);
        var centredY = Centred(y);
        return Math.Clamp(TensorPrimitives.Dot<double>(centredX, centredY), -1, 1);
    }

    /// <summary>
    /// Spearman's rho: Pearson's r of the ranks, where equal values share the mean of their ranks. Infinities have a rank like any value.
    /// NaN when one side is constant, a value is NaN, or the length is below 2.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ThrowIfLengthsDiffer(x, y);
        return x.Length < 2 || HasNaN(x) || HasNaN(y) ? double.NaN : Pearson(AverageRanks(x), AverageRanks(y));
    }

    /// <summary>Ranks from 1; equal values (0 and -0 are equal) get the mean of the ranks they take up together.</summary>
    internal static double[] AverageRanks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (int first = 0, next; first < sorted.Length; first = next)
        {
            next = first + 1;
            while (next < sorted.Length && sorted[next] == sorted[first])
            {
                next++;
            }

            // The positions first .. next-1 are the ranks first+1 .. next.
            var rank = (first + 1 + next) / 2.0;
            for (var i = first; i < next; i++)
            {
                ranks[order[i]] = rank;
            }
        }

        return ranks;
    }

    /// <summary>The deviations from the mean, divided by their norm.</summary>
    private static double[] Centred(ReadOnlySpan<double> values)
    {
        var centred = new double[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, centred);
        // Scaled first, so that squaring neither overflows nor underflows.
        TensorPrimitives.Divide<double>(centred, Math.Abs(TensorPrimitives.MaxMagnitude<double>(centred)), centred);
        TensorPrimitives.Divide<double>(centred, TensorPrimitives.Norm<double>(centred), centred);
        return centred;
    }

    private static bool AreFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasNaN(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsConstant(ReadOnlySpan<double> values) => values.IndexOfAnyExcept(values[0]) < 0;

    private static void ThrowIfLengthsDiffer(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"{x.Length} values do not pair with {y.Length}.", nameof(y));
        }
    }
}
