using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

/// <summary>The slow twin of <see cref="PivotedCholesky"/>: every step solves the normal equations of the ridge regression anew.</summary>
internal static class PlainRegression
{
    public static (int[] Pivots, double[] Nearest) Choose(double[][] covariance, double[] weights, int count, double[] coefficients)
    {
        var pivots = new List<int>();
        while (pivots.Count < count)
        {
            pivots.Add(Enumerable.Range(0, covariance.Length).Except(pivots).MaxBy(index => weights[index] * Unexplained(covariance, pivots, index)));
        }

        var nearest = new double[covariance.Length];
        foreach (var pivot in pivots)
        {
            nearest[pivot] = coefficients[pivot];
        }

        foreach (var other in Enumerable.Range(0, covariance.Length).Except(pivots))
        {
            var shares = Regress(covariance, pivots, other);
            for (var index = 0; index < count; index++)
            {
                nearest[pivots[index]] += coefficients[other] * shares[index];
            }
        }

        return ([.. pivots], nearest);
    }

    private static double Unexplained(double[][] covariance, List<int> pivots, int variable)
    {
        var shares = Regress(covariance, pivots, variable);
        return At(covariance, variable, variable) - pivots.Select((pivot, index) => shares[index] * At(covariance, pivot, variable)).Sum();
    }

    // Gauss-Jordan elimination with the largest pivot.
    private static double[] Regress(double[][] covariance, List<int> pivots, int variable)
    {
        var rows = pivots.Select(pivot => pivots.Select(other => At(covariance, pivot, other)).Append(At(covariance, pivot, variable)).ToArray()).ToArray();
        for (var column = 0; column < rows.Length; column++)
        {
            var largest = Enumerable.Range(column, rows.Length - column).MaxBy(row => Math.Abs(rows[row][column]));
            (rows[column], rows[largest]) = (rows[largest], rows[column]);
            foreach (var row in rows.Where(row => row != rows[column]))
            {
                var share = row[column] / rows[column][column];
                for (var index = 0; index < row.Length; index++)
                {
                    row[index] -= share * rows[column][index];
                }
            }
        }

        return [.. rows.Select((row, index) => row[^1] / row[index])];
    }

    private static double At(double[][] covariance, int first, int second) =>
        covariance[Math.Max(first, second)][Math.Min(first, second)] * (first == second ? 1 + PivotedCholesky.Ridge : 1);
}
