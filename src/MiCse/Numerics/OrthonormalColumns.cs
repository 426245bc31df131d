using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>
/// Makes the columns of a tall matrix orthonormal without changing what they span: Cholesky QR, twice, because once loses digits when columns are
/// nearly parallel (Yamamoto, Nakatsukasa, Yanagisawa and Fukaya, 2015).
/// </summary>
internal static class OrthonormalColumns
{
    private const int RowsPerBlock = 1024;

    /// <summary>Changes the matrix in place; the result does not depend on the number of threads.</summary>
    /// <exception cref="ArithmeticException">The columns are not independent.</exception>
    public static void Make(EmbeddingMatrix matrix, ParallelOptions parallel)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var triangle = Cholesky(Gram(matrix, parallel));
            ParallelLoop.For(0, matrix.Count, parallel, row => Solve(triangle, matrix[row]));
        }
    }

    // Upper triangle of the products of all columns. Blocks of rows are added up in their order, whoever computed them.
    private static double[][] Gram(EmbeddingMatrix matrix, ParallelOptions parallel)
    {
        var blocks = new double[(matrix.Count + RowsPerBlock - 1) / RowsPerBlock][][];
        ParallelLoop.For(0, blocks.Length, parallel, block =>
        {
            var gram = Square(matrix.Dimensions);
            var row = new double[matrix.Dimensions];
            for (var index = block * RowsPerBlock; index < Math.Min(matrix.Count, (block + 1) * RowsPerBlock); index++)
            {
                TensorPrimitives.ConvertTruncating<float, double>(matrix[index], row);
                for (var column = 0; column < row.Length; column++)
                {
                    TensorPrimitives.MultiplyAdd<double>(row.AsSpan(column), row[column], gram[column].AsSpan(column), gram[column].AsSpan(column));
                }
            }

            blocks[block] = gram;
        });
        var sum = blocks[0];
        foreach (var block in blocks.Skip(1))
        {
            for (var column = 0; column < sum.Length; column++)
            {
                TensorPrimitives.Add<double>(sum[column], block[column], sum[column]);
            }
        }

        return sum;
    }

    // Upper R with Rᵀ·R = gram, in place.
    private static double[][] Cholesky(double[][] gram)
    {
        var scale = gram.Select((row, index) => row[index]).Max();
        for (var index = 0; index < gram.Length; index++)
        {
            var row = gram[index];
            if (!(row[index] > 1e-13 * scale))
            {
                throw new ArithmeticException($"Column {index} depends on those before it.");
            }

            TensorPrimitives.Divide(row.AsSpan(index), Math.Sqrt(row[index]), row.AsSpan(index));
            for (var below = index + 1; below < gram.Length; below++)
            {
                TensorPrimitives.MultiplyAdd<double>(row.AsSpan(below), -row[below], gram[below].AsSpan(below), gram[below].AsSpan(below));
            }
        }

        return gram;
    }

    // row · R⁻¹, in place.
    private static void Solve(double[][] triangle, Span<float> row)
    {
        var rest = new double[row.Length];
        TensorPrimitives.ConvertTruncating<float, double>(row, rest);
        for (var column = 0; column < rest.Length; column++)
        {
            rest[column] /= triangle[column][column];
            TensorPrimitives.MultiplyAdd<double>(
                triangle[column].AsSpan(column + 1), -rest[column], rest.AsSpan(column + 1), rest.AsSpan(column + 1));
        }

        TensorPrimitives.ConvertTruncating<double, float>(rest, row);
    }

    private static double[][] Square(int size) => [.. Enumerable.Range(0, size).Select(_ => new double[size])];
}
