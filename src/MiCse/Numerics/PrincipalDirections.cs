using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>
/// The directions along which rows vary most (principal component analysis): orthogonal iteration with their covariance matrix, from directions drawn by a seed. What is
/// wanted is mostly the space that they span.
/// </summary>
internal static class PrincipalDirections
{
    private const int Products = 30;

    // Each direction by itself is found more slowly than the space of all.
    private const int ProductsForEach = 300;

    /// <summary>Rows → their coordinates along the main directions, about their mean. The result does not depend on the number of threads.</summary>
    /// <param name="rows">[rows, width]</param>
    /// <param name="dimensions">Directions to keep; at most the width.</param>
    /// <param name="seed">The seed of the directions that the search starts from.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>[rows, dimensions]</returns>
    /// <exception cref="ArithmeticException">The rows do not vary along so many directions.</exception>
    public static EmbeddingMatrix Project(EmbeddingMatrix rows, int dimensions, long seed, ParallelOptions parallel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, rows.Dimensions);
        var centred = Centred(rows);
        var directions = Directions(Covariance(centred, parallel), dimensions, seed, parallel);
        var projected = new EmbeddingMatrix(rows.Count, dimensions);
        ParallelLoop.For(0, rows.Count, parallel, row => Multiply(centred[row], directions, projected[row]));
        return projected;
    }

    /// <summary>The directions along which rows are longest about the origin, the main one first, each of length 1; their signs are arbitrary.</summary>
    /// <inheritdoc cref="Project"/>
    /// <returns>[dimensions, width]</returns>
    public static EmbeddingMatrix AboutOrigin(EmbeddingMatrix rows, int dimensions, long seed, ParallelOptions parallel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, rows.Dimensions);
        var columns = Directions(Covariance(rows, parallel), dimensions, seed, parallel, ProductsForEach);
        var directions = new EmbeddingMatrix(dimensions, rows.Dimensions);
        for (var index = 0; index < rows.Dimensions; index++)
        {
            for (var direction = 0; direction < dimensions; direction++)
            {
                directions[direction][index] = columns[index][direction];
            }
        }

        return directions;
    }

    private static EmbeddingMatrix Centred(EmbeddingMatrix rows)
    {
        var sum = new double[rows.Dimensions];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < sum.Length; column++)
            {
                sum[column] += rows[row][column];
            }
        }

        var centred = new EmbeddingMatrix(rows.Count, rows.Dimensions);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < sum.Length; column++)
            {
                centred[row][column] = (float)(rows[row][column] - (sum[column] / rows.Count));
            }
        }

        return centred;
    }

    private static EmbeddingMatrix Covariance(EmbeddingMatrix rows, ParallelOptions parallel)
    {
        var covariance = new EmbeddingMatrix(rows.Dimensions, rows.Dimensions);
        ParallelLoop.For(0, rows.Dimensions, parallel, line =>
        {
            var sums = new double[rows.Dimensions];
            var values = new double[rows.Dimensions];
            for (var row = 0; row < rows.Count; row++)
            {
                TensorPrimitives.ConvertTruncating<float, double>(rows[row], values);
                TensorPrimitives.MultiplyAdd<double>(values, values[line], sums, sums);
            }

            TensorPrimitives.ConvertTruncating<double, float>(sums, covariance[line]);
        });
        return covariance;
    }

    private static EmbeddingMatrix Directions(EmbeddingMatrix covariance, int dimensions, long seed, ParallelOptions parallel, int products = Products)
    {
        var numbers = new NormalNumbers(seed, "principal directions");
        var directions = new EmbeddingMatrix(covariance.Count, dimensions);
        foreach (ref var element in directions.Values)
        {
            element = (float)numbers.Next();
        }

        for (var product = 0; product < products; product++)
        {
            var next = new EmbeddingMatrix(covariance.Count, dimensions);
            var current = directions;
            ParallelLoop.For(0, covariance.Count, parallel, row => Multiply(covariance[row], current, next[row]));
            OrthonormalColumns.Make(next, parallel);
            directions = next;
        }

        return directions;
    }

    private static void Multiply(ReadOnlySpan<float> row, EmbeddingMatrix matrix, Span<float> product)
    {
        product.Clear();
        for (var index = 0; index < row.Length; index++)
        {
            TensorPrimitives.MultiplyAdd(matrix[index], row[index], product, product);
        }
    }
}
