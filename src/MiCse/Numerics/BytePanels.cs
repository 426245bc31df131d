using System.Runtime.CompilerServices;

namespace MiCse.Numerics;

/// <summary>
/// The right-hand matrix [depth, columns] of a multiplication of bytes, packed for <see cref="ByteTileKernel"/>: panels of 16 columns, each [depth / 4, 16, 4]; what is
/// missing is zero. Thread-safe.
/// </summary>
internal sealed unsafe class BytePanels : IDisposable
{
    private readonly AlignedMemory<sbyte> _packed;
    private readonly AlignedMemory<int> _starts; // [padded columns]: what the sums begin with, so that left-hand values count from their midpoint
    private readonly delegate*<byte*, nint, sbyte*, nint, int*, int*, nint, void> _tile;
    private readonly nint _quads;

    /// <param name="values">[depth, columns]</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="instructions">What multiplies; <see cref="ByteInstructions.Pairs"/> needs weights that do not saturate.</param>
    public BytePanels(ReadOnlySpan<sbyte> values, int depth, int columns, ByteInstructions instructions)
    {
        (Depth, Columns, Stride) = (depth, columns, Padded(columns));
        _quads = (depth + ByteTileKernel.Depth - 1) / ByteTileKernel.Depth;
        _packed = new AlignedMemory<sbyte>((long)Stride * _quads * ByteTileKernel.Depth);
        _starts = new AlignedMemory<int>(Stride);
        _tile = instructions switch
        {
            ByteInstructions.Vnni => &ByteTileKernel.Multiply<ByteTileKernel.Vnni>,
            ByteInstructions.ArmDot => &ByteTileKernel.Multiply<ByteTileKernel.ArmDot>,
            ByteInstructions.Pairs => &ByteTileKernel.Multiply<ByteTileKernel.Pairs>,
            ByteInstructions.PairsApart => &ByteTileKernel.Multiply<ByteTileKernel.PairsApart>,
            _ => &ByteTileKernel.MultiplyPlainly,
        };
        Pack(values);
        SetStarts(values, instructions == ByteInstructions.ArmDot ? 0 : -ByteTileKernel.Midpoint);
    }

    /// <summary>The length of the sums.</summary>
    public int Depth { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Columns with those that fill the last panel: from one row of sums to the next.</summary>
    public int Stride { get; }

    /// <summary>Panels: what threads share a multiplication by.</summary>
    public int Count => Stride / ByteTileKernel.Columns;

    /// <summary>Columns with those that fill the last panel.</summary>
    public static int Padded(int columns) => (columns + ByteTileKernel.Columns - 1) / ByteTileKernel.Columns * ByteTileKernel.Columns;

    /// <summary>
    /// sums[row, column] = Σ (left − 128) · weight, for some panels. Rows are computed six at a time: with fewer, the memory behind them must be readable in
    /// <paramref name="left"/> and is overwritten in <paramref name="sums"/>; three bytes behind the last row are read.
    /// </summary>
    /// <param name="left">[rows, depth]</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, <see cref="Stride"/>]</param>
    /// <param name="from">The first panel.</param>
    /// <param name="to">The panel after the last one.</param>
    public void Multiply(byte* left, int rows, int* sums, int from, int to)
    {
        for (var panel = from; panel < to; panel++)
        {
            var column = panel * ByteTileKernel.Columns;
            var right = _packed.Pointer + column * _quads * ByteTileKernel.Depth;
            for (var row = 0; row < rows; row += ByteTileKernel.Rows)
            {
                // The last tile overlaps the one before: the same sums once more.
                var first = Math.Max(0, Math.Min(row, rows - ByteTileKernel.Rows));
                _tile(left + (nint)first * Depth, Depth, right, _quads, _starts.Pointer + column, sums + (nint)first * Stride + column, Stride);
            }
        }
    }

    public void Dispose()
    {
        _packed.Dispose();
        _starts.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(ReadOnlySpan<sbyte> values)
    {
        new Span<sbyte>(_packed.Pointer, checked((int)(Stride * _quads * ByteTileKernel.Depth))).Clear();
        for (var step = 0; step < Depth; step++)
        {
            var row = values.Slice(step * Columns, Columns);
            var target = _packed.Pointer + step / ByteTileKernel.Depth * (ByteTileKernel.Columns * ByteTileKernel.Depth) + step % ByteTileKernel.Depth;
            for (var column = 0; column < Columns; column++)
            {
                var panel = column / ByteTileKernel.Columns;
                target[panel * _quads * (ByteTileKernel.Columns * ByteTileKernel.Depth) + column % ByteTileKernel.Columns * ByteTileKernel.Depth] = row[column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetStarts(ReadOnlySpan<sbyte> values, int factor)
    {
        new Span<int>(_starts.Pointer, Stride).Clear();
        for (var step = 0; step < Depth; step++)
        {
            for (var column = 0; column < Columns; column++)
            {
                _starts.Pointer[column] += factor * values[step * Columns + column];
            }
        }
    }
}
