using System.Numerics.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Weights;

/// <summary>
/// Chooses what the dimensions of a linear layer's input are multiplied by before they are quantized to int8, and its weights divided by: a few dimensions of a
/// trained encoder are far larger than the others, which then have few levels left. Factors move their size into the weights (Xiao et al. 2023, SmoothQuant), and are then improved one
/// at a time (<see cref="FactorSearch"/>).
/// </summary>
internal static class InputFactors
{
    // How much of the sizes of inputs goes into the weights; 1 would make all inputs equally large.
    private static readonly double[] Shares = [0.3, 0.4, 0.5, 0.6, 0.7];

    // A dimension that hardly moves on the measured tokens is not enlarged for it: on other texts it may.
    private const float Floor = 0.1f;

    /// <summary>The factors that make the expected error of the products smallest.</summary>
    /// <param name="input">The input, measured.</param>
    /// <param name="matrices">The weights [out, in] that are multiplied with it.</param>
    public static float[]? Choose(LinearInput input, IReadOnlyList<Tensor> matrices)
    {
        if (input.Rows.Count == 0)
        {
            return null;
        }

        var weights = matrices.Select(matrix => matrix.ToSingles()).ToArray();
        var squares = input.MeanSquares();
        float[]? best = null;
        var least = Error(input, squares, weights, Enumerable.Repeat(1f, squares.Length).ToArray());
        var (sizes, largest) = (Sizes(input), LargestWeights(weights, squares.Length));
        foreach (var share in Shares)
        {
            var factors = new float[squares.Length];
            for (var i = 0; i < factors.Length; i++)
            {
                factors[i] = Power(-share * Math.Log2(sizes[i]) + (1 - share) * Math.Log2(largest[i]));
            }

            if (Error(input, squares, weights, factors) is var error && error < least)
            {
                (best, least) = (factors, error);
            }
        }

        best ??= [.. Enumerable.Repeat(1f, squares.Length)];
        new FactorSearch(input.Rows, squares, weights, best).Run();
        return best;
    }

    /// <summary>Powers of 2 to a quarter: what was measured differs in its last digits between processors, and the factors do not.</summary>
    private static float Power(double exponent) => (float)Math.Pow(2, Math.Round(Math.Clamp(exponent, -20, 20) * 4) / 4);

    /// <summary>The mean squared error of a row of products, from steps that are evenly distributed: those of the weights, times the inputs, and the other way round.</summary>
    private static double Error(LinearInput input, double[] squares, float[][] weights, float[] factors)
    {
        var width = factors.Length;
        var inputs = squares.Zip(factors, (square, factor) => square * factor * factor).Sum();
        var (steps, size) = (0.0, 0.0);
        var row = new float[width];
        foreach (var matrix in weights)
        {
            for (var start = 0; start < matrix.Length; start += width)
            {
                TensorPrimitives.Divide(matrix.AsSpan(start, width), factors, row);
                var step = Math.Abs(TensorPrimitives.MaxMagnitude<float>(row)) / QuantizedMatrix.MatMulLevels;
                steps += step * step;
                size += TensorPrimitives.SumOfSquares<float>(row);
            }
        }

        var ranges = input.Rows.Average(values =>
        {
            TensorPrimitives.Multiply(values, factors, row);
            var step = (TensorPrimitives.Max<float>(row) - TensorPrimitives.Min<float>(row)) / 254;
            return (double)step * step;
        });
        return (steps * inputs + ranges * size) / 12;
    }

    private static float[] Sizes(LinearInput input)
    {
        var least = Math.Max(TensorPrimitives.Sum(input.Largest) / input.Largest.Length * Floor, 1e-10f);
        return [.. input.Largest.ToArray().Select(size => Math.Max(size, least))];
    }

    private static float[] LargestWeights(float[][] weights, int width)
    {
        var largest = new float[width];
        foreach (var matrix in weights)
        {
            for (var start = 0; start < matrix.Length; start += width)
            {
                TensorPrimitives.MaxMagnitude(largest, matrix.AsSpan(start, width), largest);
            }
        }

        TensorPrimitives.Abs(largest, largest);
        var least = Math.Max(TensorPrimitives.Sum<float>(largest) / width * Floor, 1e-10f);
        return Array.ConvertAll(largest, weight => Math.Max(weight, least));
    }
}
