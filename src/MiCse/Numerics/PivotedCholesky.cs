using System.Numerics.Tensors;

namespace MiCse.Numerics;

/// <summary>
/// Some of many variables, and the ridge regression of the others on them, by a Cholesky factorization of their covariance that stops when there are enough: the next variable is
/// always the one with the largest weighted variance that those chosen before do not explain. The result does not depend on the number of threads. Immutable.
/// </summary>
internal sealed class PivotedCholesky
{
    /// <summary>The share of its variance that is added to every variable, so that a few observations give no large coefficients.</summary>
    public const double Ridge = 1e-3;

    private readonly int[] _pivots;

    // The factor, a row for each variable: [variables, pivots].
    private readonly double[][] _rows;

    private PivotedCholesky(int variables, int count) => (_pivots, _rows) = (new int[count], [.. Enumerable.Range(0, variables).Select(_ => new double[count])]);

    /// <summary>The chosen variables, the first chosen first.</summary>
    public IReadOnlyList<int> Pivots => _pivots;

    /// <summary>Chooses variables.</summary>
    /// <param name="covariance">The lower triangle, row by row; or second moments, for a regression about the origin.</param>
    /// <param name="weights">What a variance of 1 counts for each variable.</param>
    /// <param name="count">Variables to choose.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PivotedCholesky Of(double[][] covariance, double[] weights, int count, ParallelOptions parallel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, covariance.Length);
        var factor = new PivotedCholesky(covariance.Length, count);
        double[] ridge = [.. covariance.Select((row, index) => Ridge * Math.Max(0, row[index]))];
        double[] unexplained = [.. covariance.Select((row, index) => row[index] + ridge[index])];
        var open = Enumerable.Range(0, covariance.Length).ToList();
        for (var step = 0; step < count; step++)
        {
            var pivot = open.MaxBy(index => unexplained[index] * weights[index]);
            open.Remove(pivot);
            factor._pivots[step] = pivot;
            var (root, row) = (Math.Sqrt(Math.Max(0, unexplained[pivot])), factor._rows[pivot]);
            row[step] = root;
            if (root == 0)
            {
                row[step] = 1; // It never varies, and explains nothing.
                continue;
            }

            var place = step;
            ParallelLoop.For(0, open.Count, parallel, at =>
            {
                var (index, other) = (open[at], factor._rows[open[at]]);
                var shared = index < pivot ? covariance[pivot][index] : covariance[index][pivot];
                var value = other[place] = (shared - TensorPrimitives.Dot<double>(other.AsSpan(0, place), row.AsSpan(0, place))) / root;

                // Never below the ridge, but for rounding.
                unexplained[index] = Math.Max(ridge[index], unexplained[index] - (value * value));
            });
        }

        return factor;
    }

    /// <summary>Replaces the variables that are not chosen in a linear combination by what the regression on the chosen ones predicts of them.</summary>
    /// <param name="coefficients">A coefficient for each variable.</param>
    /// <returns>A coefficient for each variable, 0 for those that are not chosen.</returns>
    public double[] OntoPivots(ReadOnlySpan<double> coefficients)
    {
        var onto = coefficients.ToArray();
        foreach (var pivot in _pivots)
        {
            onto[pivot] = 0;
        }

        var sums = new double[_pivots.Length];
        for (var index = 0; index < onto.Length; index++)
        {
            TensorPrimitives.MultiplyAdd<double>(_rows[index], onto[index], sums, sums);
            onto[index] = 0;
        }

        // Back substitution in the triangle of the pivots' rows.
        for (var step = _pivots.Length - 1; step >= 0; step--)
        {
            var row = _rows[_pivots[step]];
            var added = sums[step] / row[step];
            TensorPrimitives.MultiplyAdd<double>(row.AsSpan(0, step), -added, sums.AsSpan(0, step), sums.AsSpan(0, step));
            onto[_pivots[step]] = coefficients[_pivots[step]] + added;
        }

        return onto;
    }
}
