using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>A square matrix that is mostly zeros. Immutable and thread-safe.</summary>
internal sealed class SparseMatrix(SparseRow[] rows)
{
    /// <summary>Rows and columns.</summary>
    public int Size => rows.Length;

    /// <summary>A row.</summary>
    public SparseRow this[int index] => rows[index];

    /// <summary>
    /// Positive pointwise mutual information of symmetric counts n: max(0, ln(n_ij · Σn / (Σ_j n_ij · Σ_i n_ij))) (Church and Hanks, 1990).
    /// </summary>
    public SparseMatrix ToPositivePointwiseMutualInformation(ParallelOptions parallel)
    {
        var sums = Array.ConvertAll(rows, row => row.Sum());
        var total = sums.Sum();
        var information = new SparseRow[rows.Length];
        ParallelLoop.For(0, rows.Length, parallel, index =>
        {
            var row = rows[index];
            var values = row.Columns.Select((column, entry) => (float)Math.Log(row.Values[entry] * total / (sums[index] * sums[column]))).ToArray();
            information[index] = new SparseRow(
                [.. row.Columns.Where((_, entry) => values[entry] > 0)], [.. values.Where(value => value > 0)]);
        });
        return new SparseMatrix(information);
    }

    /// <summary>The product with a dense matrix, [size, dimensions]; a row is summed in one order, so threads do not change it.</summary>
    public EmbeddingMatrix Multiply(EmbeddingMatrix dense, ParallelOptions parallel)
    {
        var product = new EmbeddingMatrix(dense.Count, dense.Dimensions);
        ParallelLoop.For(0, rows.Length, parallel, index =>
        {
            var row = rows[index];
            var sum = product[index];
            for (var entry = 0; entry < row.Columns.Length; entry++)
            {
                TensorPrimitives.MultiplyAdd(dense[row.Columns[entry]], row.Values[entry], sum, sum);
            }
        });
        return product;
    }
}

/// <summary>What is not zero in a row: columns in ascending order, and their values.</summary>
internal readonly record struct SparseRow(int[] Columns, float[] Values)
{
    /// <summary>The sum of the values.</summary>
    public double Sum()
    {
        var sum = 0.0;
        foreach (var value in Values)
        {
            sum += value;
        }

        return sum;
    }
}
