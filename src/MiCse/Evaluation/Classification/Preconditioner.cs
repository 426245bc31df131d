using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Evaluation.Classification;

/// <summary>
/// About the inverse Hessian of <see cref="LogisticLoss"/>: that of the quadratic with the mean curvature which equally likely classes have
/// (Böhning 1992), the same for every output. With it a fit takes some ten steps where a plain one takes hundreds, since features of
/// embeddings differ in size and go together. It says how to get to the optimum, not where that is, so that every fold may use the one of
/// all rows. Immutable.
/// </summary>
internal sealed class Preconditioner
{
    /// <summary>So many rows, evenly spaced, tell the curvature well enough.</summary>
    private const int MostRows = 1 << 14;

    /// <summary>The lower triangle of the Cholesky factor, row by row.</summary>
    private readonly double[][] _factor;

    /// <summary>Prepares the solution for one strength.</summary>
    /// <param name="products">From <see cref="Products"/>; not changed.</param>
    /// <param name="c">C of the loss.</param>
    /// <param name="classes">Number of classes.</param>
    public Preconditioner(double[][] products, double c, int classes)
    {
        var weight = c * (1.0 / classes) * (1 - 1.0 / classes);
        _factor = Array.ConvertAll(products, row =>
        {
            var scaled = new double[row.Length];
            TensorPrimitives.Multiply(row, weight, scaled);
            // The penalty; for the intercept, which has none, a trace of one that keeps the matrix regular.
            scaled[^1] += row.Length < products.Length ? 1 : 1e-6;
            return scaled;
        });
        Factorize();
    }

    /// <summary>Σ x xᵀ over the rows, each with a 1 at its end for the intercept: the lower triangle, row by row.</summary>
    public static double[][] Products(EmbeddingMatrix features)
    {
        var inputs = features.Dimensions;
        double[][] products = [.. Enumerable.Range(1, inputs + 1).Select(length => new double[length])];
        var stride = (features.Count + MostRows - 1) / MostRows;
        var row = new double[inputs + 1];
        row[inputs] = 1;
        for (var index = 0; index < features.Count; index += stride)
        {
            TensorPrimitives.ConvertTruncating<float, double>(features[index], row.AsSpan(0, inputs));
            for (var i = 0; i <= inputs; i++)
            {
                TensorPrimitives.MultiplyAdd(row.AsSpan(0, i + 1), row[i] * stride, products[i], products[i]);
            }
        }

        return products;
    }

    /// <summary>Replaces each output's part of a gradient by what the matrix is to be multiplied with to give it.</summary>
    public void Solve(Span<double> gradient)
    {
        for (var output = 0; output < gradient.Length; output += _factor.Length)
        {
            SolveOne(gradient.Slice(output, _factor.Length));
        }
    }

    private void SolveOne(Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var row = _factor[i];
            values[i] = (values[i] - TensorPrimitives.Dot<double>(row.AsSpan(0, i), values[..i])) / row[i];
        }

        for (var i = values.Length - 1; i >= 0; i--)
        {
            var row = _factor[i];
            values[i] /= row[i];
            TensorPrimitives.MultiplyAdd(row.AsSpan(0, i), -values[i], values[..i], values[..i]);
        }
    }

    private void Factorize()
    {
        for (var i = 0; i < _factor.Length; i++)
        {
            var row = _factor[i];
            for (var j = 0; j < i; j++)
            {
                row[j] = (row[j] - TensorPrimitives.Dot<double>(row.AsSpan(0, j), _factor[j].AsSpan(0, j))) / _factor[j][j];
            }

            // Above 0 but for rounding: the diagonal entry was at least the penalty before.
            var left = row[i] - TensorPrimitives.SumOfSquares<double>(row.AsSpan(0, i));
            row[i] = Math.Sqrt(Math.Max(left, 1e-12 * row[i]));
        }
    }
}
