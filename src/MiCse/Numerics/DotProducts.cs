using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiCse.Numerics;

/// <summary>
/// Dot products of many rows with many others: the matrix multiplication A·Bᵀ in which both are row-major, so that nothing has to be packed. Every product is summed in the same order
/// wherever it stands, so that a result depends neither on how the rows are cut into blocks nor on which of the two comes first.
/// </summary>
internal static class DotProducts
{
    /// <summary>Rows that callers take at a time: with 384 dimensions they fit into a core's second-level cache. A multiple of the tile.</summary>
    public const int BlockRows = 240;

    // 12 accumulators, a row and two columns: what 16 vector registers hold.
    private const int TileRows = 6;
    private const int TileColumns = 2;

    /// <summary>Computes all products.</summary>
    /// <param name="rows">Shape [rows, dimensions].</param>
    /// <param name="columns">Shape [columns, dimensions].</param>
    /// <param name="dimensions">Length of a row.</param>
    /// <param name="products">Shape [rows, columns]; may be longer.</param>
    public static void Compute(ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, int dimensions, Span<float> products)
    {
        var (rowCount, columnCount) = (rows.Length / dimensions, columns.Length / dimensions);
        products = products[..(rowCount * columnCount)];
        for (var row = 0; row < rowCount; row += TileRows)
        {
            for (var column = 0; column < columnCount; column += TileColumns)
            {
                Tile(rows, columns, dimensions, row, column, products, columnCount);
            }
        }
    }

    // At the edges a tile computes its last row or column again and again instead of less: one path, one order of summation.
    private static void Tile(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, int dimensions, int row, int column, Span<float> products, int columnCount)
    {
        var lastRow = (rows.Length / dimensions) - 1;
        ref var r0 = ref At(rows, row, lastRow, dimensions);
        ref var r1 = ref At(rows, row + 1, lastRow, dimensions);
        ref var r2 = ref At(rows, row + 2, lastRow, dimensions);
        ref var r3 = ref At(rows, row + 3, lastRow, dimensions);
        ref var r4 = ref At(rows, row + 4, lastRow, dimensions);
        ref var r5 = ref At(rows, row + 5, lastRow, dimensions);
        ref var c0 = ref At(columns, column, columnCount - 1, dimensions);
        ref var c1 = ref At(columns, column + 1, columnCount - 1, dimensions);
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        var whole = (nuint)(dimensions - (dimensions % Vector<float>.Count));
        for (nuint k = 0; k < whole; k += (nuint)Vector<float>.Count)
        {
            var left = Vector.LoadUnsafe(ref c0, k);
            var right = Vector.LoadUnsafe(ref c1, k);
            var x = Vector.LoadUnsafe(ref r0, k);
            a0 = Vector.FusedMultiplyAdd(x, left, a0);
            b0 = Vector.FusedMultiplyAdd(x, right, b0);
            x = Vector.LoadUnsafe(ref r1, k);
            a1 = Vector.FusedMultiplyAdd(x, left, a1);
            b1 = Vector.FusedMultiplyAdd(x, right, b1);
            x = Vector.LoadUnsafe(ref r2, k);
            a2 = Vector.FusedMultiplyAdd(x, left, a2);
            b2 = Vector.FusedMultiplyAdd(x, right, b2);
            x = Vector.LoadUnsafe(ref r3, k);
            a3 = Vector.FusedMultiplyAdd(x, left, a3);
            b3 = Vector.FusedMultiplyAdd(x, right, b3);
            x = Vector.LoadUnsafe(ref r4, k);
            a4 = Vector.FusedMultiplyAdd(x, left, a4);
            b4 = Vector.FusedMultiplyAdd(x, right, b4);
            x = Vector.LoadUnsafe(ref r5, k);
            a5 = Vector.FusedMultiplyAdd(x, left, a5);
            b5 = Vector.FusedMultiplyAdd(x, right, b5);
        }

        ReadOnlySpan<float> sums =
        [
            Vector.Sum(a0), Vector.Sum(b0), Vector.Sum(a1), Vector.Sum(b1), Vector.Sum(a2), Vector.Sum(b2),
            Vector.Sum(a3), Vector.Sum(b3), Vector.Sum(a4), Vector.Sum(b4), Vector.Sum(a5), Vector.Sum(b5),
        ];
        var width = Math.Min(TileColumns, columnCount - column);
        for (var i = 0; i < TileRows && row + i <= lastRow; i++)
        {
            var target = products.Slice(((row + i) * columnCount) + column, width);
            sums.Slice(i * TileColumns, width).CopyTo(target);
            if ((int)whole < dimensions)
            {
                AddRest(rows.Slice((row + i) * dimensions, dimensions), columns[(column * dimensions)..], (int)whole, target);
            }
        }
    }

    private static ref float At(ReadOnlySpan<float> rows, int row, int last, int dimensions) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), Math.Min(row, last) * dimensions);

    /// <summary>The dimensions that fill no vector register.</summary>
    private static void AddRest(ReadOnlySpan<float> row, ReadOnlySpan<float> columns, int start, Span<float> sums)
    {
        for (var column = 0; column < sums.Length; column++)
        {
            for (var i = start; i < row.Length; i++)
            {
                sums[column] += row[i] * columns[(column * row.Length) + i];
            }
        }
    }
}
