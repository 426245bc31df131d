using System.Buffers;
using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>The rows of a matrix in blocks that are always the same, however many threads work on them.</summary>
internal static class RowBlocks
{
    /// <summary>Takes the products of a block.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="start">Its first row.</param>
    /// <param name="products">Shape [rows of the block, other rows].</param>
    public delegate void Visit(int block, int start, ReadOnlySpan<float> products);

    /// <summary>Number of blocks.</summary>
    public static int Count(EmbeddingMatrix rows) => (rows.Count + DotProducts.BlockRows - 1) / DotProducts.BlockRows;

    /// <summary>First row and number of rows of a block.</summary>
    public static (int Start, int Count) At(EmbeddingMatrix rows, int block)
    {
        var start = block * DotProducts.BlockRows;
        return (start, Math.Min(DotProducts.BlockRows, rows.Count - start));
    }

    /// <summary>The values of some rows.</summary>
    public static ReadOnlySpan<float> Values(EmbeddingMatrix rows, int start, int count) =>
        rows.Values.Slice(start * rows.Dimensions, count * rows.Dimensions);

    /// <summary>Multiplies every row with all rows of another matrix, block by block.</summary>
    /// <param name="rows">Shape [rows, dimensions].</param>
    /// <param name="others">Shape [other rows, dimensions].</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="visit">Called once a block, from any thread.</param>
    public static void Multiply(EmbeddingMatrix rows, EmbeddingMatrix others, ParallelOptions parallel, Visit visit) =>
        ParallelLoop.For(0, Count(rows), parallel, block => Multiply(rows, others, block, visit));

    /// <summary>The same for one block.</summary>
    public static void Multiply(EmbeddingMatrix rows, EmbeddingMatrix others, int block, Visit visit)
    {
        var (start, count) = At(rows, block);
        var products = ArrayPool<float>.Shared.Rent(count * others.Count);
        try
        {
            DotProducts.Compute(Values(rows, start, count), others.Values, rows.Dimensions, products);
            visit(block, start, products.AsSpan(0, count * others.Count));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(products);
        }
    }
}
