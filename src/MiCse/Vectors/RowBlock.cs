using MiCse.Numerics;

namespace MiCse.Vectors;

/// <summary>The rows of a matrix in blocks that are always the same, however many threads work on them.</summary>
internal static class RowBlock
{
    /// <summary>Number of blocks.</summary>
    public static int Count(EmbeddingMatrix rows) => (rows.Count + DotProducts.BlockRows - 1) / DotProducts.BlockRows;

    /// <summary>First row and number of rows of a block.</summary>
    public static (int Start, int Count) At(EmbeddingMatrix rows, int block)
    {
        var start = block * DotProducts.BlockRows;
        return (start, Math.Min(DotProducts.BlockRows, rows.Count - start));
    }

    /// <summary>The numbers of a block.</summary>
    public static ReadOnlySpan<float> Values(EmbeddingMatrix rows, int block)
    {
        var (start, count) = At(rows, block);
        return Values(rows, start, count);
    }

    /// <summary>The numbers of some rows.</summary>
    public static ReadOnlySpan<float> Values(EmbeddingMatrix rows, int start, int count) =>
        rows.Values.Slice(start * rows.Dimensions, count * rows.Dimensions);
}
