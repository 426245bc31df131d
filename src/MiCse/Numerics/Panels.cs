namespace MiCse.Numerics;

/// <summary>
/// The right-hand matrix [depth, columns] of a multiplication, packed so that it is read from front to back: groups of 64 columns, each [depth, 64], then the
/// rest in panels of 16, each [depth, 16]; missing columns are zero.
/// </summary>
internal static unsafe class Panels
{
    private const int GroupWidth = TileKernel.WideColumns;
    private const int PanelWidth = TileKernel.NarrowColumns;

    /// <summary>Values that a packed matrix takes.</summary>
    public static long Size(int depth, int columns) => (long)depth * Padded(columns);

    /// <summary>Columns with those that fill the last panel.</summary>
    public static int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Groups and panels: what threads share a multiplication by.</summary>
    public static int Count(int columns) => columns / GroupWidth + (columns % GroupWidth + PanelWidth - 1) / PanelWidth;

    /// <summary>The panel in which a column lies.</summary>
    public static int Of(int column, int columns)
    {
        var groups = columns / GroupWidth;
        return column < groups * GroupWidth ? column / GroupWidth : groups + (column - groups * GroupWidth) / PanelWidth;
    }

    /// <summary>The first column of a panel, or of the one after the last.</summary>
    public static int Start(int panel, int columns) => Locate(panel, columns).Start;

    /// <summary>Packs a matrix that is given transposed, as a linear layer's weight is: [columns, depth].</summary>
    /// <param name="source">The right-hand matrix.</param>
    /// <param name="stride">From one row of it to the next.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the right-hand matrix, rows here.</param>
    /// <param name="packed">Room for <see cref="Size"/>.</param>
    public static void PackTransposed(float* source, nint stride, int depth, int columns, float* packed)
    {
        for (var panel = 0; panel < Count(columns); panel++)
        {
            var (start, width) = Locate(panel, columns);
            TransposeKernel.Transpose<float, TransposeKernel.Singles>(source + start * stride, stride, depth, Math.Min(width, columns - start), packed + (long)start * depth, width);
        }
    }

    /// <inheritdoc cref="PackTransposed(float*, nint, int, int, float*)"/>
    public static void PackTransposed(Half* source, nint stride, int depth, int columns, float* packed)
    {
        for (var panel = 0; panel < Count(columns); panel++)
        {
            var (start, width) = Locate(panel, columns);
            TransposeKernel.Transpose<Half, TransposeKernel.Halves>(source + start * stride, stride, depth, Math.Min(width, columns - start), packed + (long)start * depth, width);
        }
    }

    /// <summary>
    /// product = left · right + bias, for some panels. Sums begin with the bias and run along depth, one after the other, so a row of the product depends on its row of
    /// <paramref name="left"/> alone, to the last bit. Rows are computed six at a time: with fewer, the memory behind them must be readable in
    /// <paramref name="left"/> and is overwritten in <paramref name="product"/>.
    /// </summary>
    /// <param name="left">[rows, depth]</param>
    /// <param name="leftStride">From one row of it to the next.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="packed">The right-hand matrix.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the right-hand matrix.</param>
    /// <param name="bias">[columns], with room for <see cref="Padded"/>; null is zero.</param>
    /// <param name="product">[rows, columns]; rows have room for <see cref="Padded"/>.</param>
    /// <param name="productStride">From one row of it to the next.</param>
    /// <param name="from">The first panel.</param>
    /// <param name="to">The panel after the last one.</param>
    public static void Multiply(
        float* left, nint leftStride, int rows, float* packed, int depth, int columns, float* bias, float* product, nint productStride, int from, int to)
    {
        for (var panel = from; panel < to; panel++)
        {
            var (start, width) = Locate(panel, columns);
            Multiply(left, leftStride, rows, packed + (long)start * depth, width, depth, width, bias == null ? null : bias + start, product + start, productStride);
        }
    }

    /// <summary>The same without bias, and with a right-hand matrix that lies as it is, [depth, columns], where rows are readable up to <see cref="Padded"/>.</summary>
    /// <inheritdoc cref="Multiply(float*, nint, int, float*, int, int, float*, float*, nint, int, int)"/>
    public static void MultiplyUnpacked(
        float* left, nint leftStride, int rows, float* right, nint rightStride, int depth, int columns, float* product, nint productStride)
    {
        for (var panel = 0; panel < Count(columns); panel++)
        {
            var (start, width) = Locate(panel, columns);
            Multiply(left, leftStride, rows, right + start, rightStride, depth, width, null, product + start, productStride);
        }
    }

    private static void Multiply(
        float* left, nint leftStride, int rows, float* panel, nint panelStride, int depth, int width, float* bias, float* product, nint productStride)
    {
        for (var row = 0; row < rows; row += TileKernel.Rows)
        {
            // The last tile overlaps the one before: the same values once more.
            var first = Math.Max(0, Math.Min(row, rows - TileKernel.Rows));
            var source = left + first * leftStride;
            var target = product + first * productStride;
            if (width == GroupWidth)
            {
                TileKernel.MultiplyWide(source, leftStride, panel, panelStride, depth, bias, target, productStride);
            }
            else
            {
                TileKernel.MultiplyNarrow(source, leftStride, panel, panelStride, depth, bias, target, productStride);
            }
        }
    }

    private static (int Start, int Width) Locate(int panel, int columns)
    {
        var groups = columns / GroupWidth;
        return panel < groups ? (panel * GroupWidth, GroupWidth) : (groups * GroupWidth + (panel - groups) * PanelWidth, PanelWidth);
    }
}
