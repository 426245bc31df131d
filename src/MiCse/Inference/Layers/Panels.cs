using System.Runtime.CompilerServices;

namespace MiCse.Inference.Layers;

/// <summary>
/// The right factor [depth, columns] of a product, packed so that a product reads it from front to back: groups of 64 columns, each [depth, 64], then the
/// rest in panels of 16, each [depth, 16]; missing columns are zero.
/// </summary>
internal static unsafe class Panels
{
    private const int GroupWidth = TileKernel.WideColumns;
    private const int PanelWidth = TileKernel.NarrowColumns;

    /// <summary>Numbers that a packed factor takes.</summary>
    public static long Size(int depth, int columns) => (long)depth * Padded(columns);

    /// <summary>Columns with those that fill the last panel.</summary>
    public static int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Groups and panels: what threads share a product by.</summary>
    public static int Count(int columns) => columns / GroupWidth + (columns % GroupWidth + PanelWidth - 1) / PanelWidth;

    /// <summary>Packs a factor that is given transposed, as a linear layer's weight is: [columns, depth].</summary>
    /// <param name="source">The factor.</param>
    /// <param name="stride">From one row of it to the next.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the factor, rows here.</param>
    /// <param name="packed">Room for <see cref="Size"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed(float* source, nint stride, int depth, int columns, float* packed)
    {
        for (var panel = 0; panel < Count(columns); panel++)
        {
            var (start, width) = Locate(panel, columns);
            var target = packed + (long)start * depth;
            for (var column = 0; column < width; column++)
            {
                var row = start + column < columns ? source + (start + column) * stride : null;
                for (nint step = 0; step < depth; step++)
                {
                    target[step * width + column] = row == null ? 0 : row[step];
                }
            }
        }
    }

    /// <summary>Packs a factor that is given as it is: [depth, columns].</summary>
    /// <param name="source">The factor.</param>
    /// <param name="stride">From one row of it to the next.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the factor.</param>
    /// <param name="packed">Room for <see cref="Size"/>.</param>
    public static void Pack(float* source, nint stride, int depth, int columns, float* packed)
    {
        for (var panel = 0; panel < Count(columns); panel++)
        {
            var (start, width) = Locate(panel, columns);
            var filled = Math.Min(width, columns - start);
            for (var step = 0; step < depth; step++)
            {
                var target = new Span<float>(packed + (long)start * depth + (long)step * width, width);
                new ReadOnlySpan<float>(source + step * stride + start, filled).CopyTo(target);
                target[filled..].Clear();
            }
        }
    }

    /// <summary>
    /// product = left · factor, for some panels. Sums run along depth, one after the other, so a row of the product depends on its row of
    /// <paramref name="left"/> alone, to the last bit. Rows are computed six at a time: with fewer, the memory behind them must be readable in
    /// <paramref name="left"/> and is overwritten in <paramref name="product"/>.
    /// </summary>
    /// <param name="left">[rows, depth]</param>
    /// <param name="leftStride">From one row of it to the next.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="packed">The factor.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the factor.</param>
    /// <param name="product">[rows, columns]; rows have room for <see cref="Padded"/>.</param>
    /// <param name="productStride">From one row of it to the next.</param>
    /// <param name="from">The first panel.</param>
    /// <param name="to">The panel after the last one.</param>
    public static void Multiply(
        float* left, nint leftStride, int rows, float* packed, int depth, int columns, float* product, nint productStride, int from, int to)
    {
        for (var panel = from; panel < to; panel++)
        {
            var (start, width) = Locate(panel, columns);
            var factor = packed + (long)start * depth;
            for (var row = 0; row < rows; row += TileKernel.Rows)
            {
                // The last tile overlaps the one before: the same numbers once more.
                var first = Math.Max(0, Math.Min(row, rows - TileKernel.Rows));
                var tile = product + first * productStride + start;
                if (width == GroupWidth)
                {
                    TileKernel.MultiplyWide(left + first * leftStride, leftStride, factor, depth, tile, productStride);
                }
                else
                {
                    TileKernel.MultiplyNarrow(left + first * leftStride, leftStride, factor, PanelWidth, depth, tile, productStride);
                }
            }
        }
    }

    private static (int Start, int Width) Locate(int panel, int columns)
    {
        var groups = columns / GroupWidth;
        return panel < groups ? (panel * GroupWidth, GroupWidth) : (groups * GroupWidth + (panel - groups) * PanelWidth, PanelWidth);
    }
}
