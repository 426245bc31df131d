using System.Numerics;
using System.Runtime.CompilerServices;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>
/// Vectors of one width, one a token: hidden states or what lies between them. For products of bytes each is kept rounded too, as codes 128 + x / scale
/// of 1 to 255 with a scale of its own.
/// </summary>
internal sealed unsafe class States : IDisposable
{
    /// <summary>The code of zero.</summary>
    public const byte CodeOfZero = 128;

    private const int Steps = 127;

    // Adding it leaves, in the lowest bits of a float32, the sum's nearest integer, halves to even.
    private const float Rounder = 1.5f * (1 << 23);

    // A row further than its width, so that rows of 4,096 bytes do not compete for the same lines of the cache.
    private const int Gap = 16;

    private readonly AlignedMemory<float> _floats = new();
    private readonly AlignedMemory<byte> _codes = new();
    private readonly AlignedMemory<float> _scales = new();
    private readonly Kept _keeps;

    /// <param name="width">Numbers in a vector.</param>
    /// <param name="keeps">How vectors are kept.</param>
    public States(int width, Kept keeps)
    {
        Width = width;
        Stride = Panels.Padded(width) + Gap;
        _keeps = keeps;
    }

    /// <summary>How vectors are kept.</summary>
    [Flags]
    public enum Kept
    {
        /// <summary>As float32.</summary>
        Floats = 1,

        /// <summary>Rounded to a byte a number.</summary>
        Codes = 2,

        /// <summary>As both.</summary>
        Both = Floats | Codes,
    }

    /// <summary>Numbers in a vector.</summary>
    public int Width { get; }

    /// <summary>Floats from one vector to the next.</summary>
    public nint Stride { get; }

    /// <summary>[rows, <see cref="Stride"/>]; six rows more than asked for are readable.</summary>
    public float* Floats => _floats.Pointer;

    /// <summary>[rows, <see cref="Width"/>]</summary>
    public byte* Codes => _codes.Pointer;

    /// <summary>[rows]: a vector is scale · (code − 128).</summary>
    public float* Scales => _scales.Pointer;

    /// <summary>Makes room.</summary>
    public void Reserve(int rows)
    {
        if (_keeps.HasFlag(Kept.Floats))
        {
            _floats.Reserve((rows + TileKernel.Rows) * Stride);
        }

        if (_keeps.HasFlag(Kept.Codes))
        {
            _codes.Reserve((long)rows * Width);
            _scales.Reserve(rows);
        }
    }

    /// <summary>One vector.</summary>
    public Span<float> Row(int row) => new(Floats + row * Stride, Width);

    /// <summary>Where a vector is to be written: its row where floats are kept, else the beginning of a buffer.</summary>
    public Span<float> RowOr(int row, Span<float> buffer) => _keeps.HasFlag(Kept.Floats) ? Row(row) : buffer[..Width];

    /// <summary>Rounds a vector that is complete, where codes are kept.</summary>
    public void Complete(int row, ReadOnlySpan<float> values)
    {
        if (_keeps.HasFlag(Kept.Codes))
        {
            // A vector of zeros has some scale too.
            var most = MathF.Max(MostMagnitude(values), 1e-30f);
            Scales[row] = most / Steps;
            RoundToCodes(values, Steps / most, Codes + (long)row * Width);
        }
    }

    /// <summary>Copies the floats of the first rows of another matrix.</summary>
    /// <param name="source">The other one, of the same width; both keep floats.</param>
    /// <param name="rows">How many.</param>
    public void CopyFrom(States source, int rows)
    {
        Reserve(rows);
        for (var row = 0; row < rows; row++)
        {
            source.Row(row).CopyTo(Row(row));
        }
    }

    /// <summary>Takes over some rows of another matrix.</summary>
    /// <param name="source">The other one, of the same kind.</param>
    /// <param name="rows">Which.</param>
    public void CopyRows(States source, ReadOnlySpan<int> rows)
    {
        Reserve(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            source.Row(rows[row]).CopyTo(Row(row));
            if (_keeps.HasFlag(Kept.Codes))
            {
                new ReadOnlySpan<byte>(source.Codes + (long)rows[row] * Width, Width).CopyTo(new Span<byte>(Codes + (long)row * Width, Width));
                Scales[row] = source.Scales[rows[row]];
            }
        }
    }

    public void Dispose()
    {
        _floats.Dispose();
        _codes.Dispose();
        _scales.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MostMagnitude(ReadOnlySpan<float> values)
    {
        var lanes = Vector<float>.Count;
        var (index, largest) = (0, 0f);
        fixed (float* source = values)
        {
            Vector<float> first = default, second = default;
            for (; index <= values.Length - 2 * lanes; index += 2 * lanes)
            {
                first = Vector.Max(first, Vector.Abs(Vector.Load(source + index)));
                second = Vector.Max(second, Vector.Abs(Vector.Load(source + index + lanes)));
            }

            first = Vector.Max(first, second);
            for (var lane = 0; lane < lanes; lane++)
            {
                largest = MathF.Max(largest, first[lane]);
            }
        }

        for (; index < values.Length; index++)
        {
            largest = MathF.Max(largest, MathF.Abs(values[index]));
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RoundToCodes(ReadOnlySpan<float> values, float factor, byte* codes)
    {
        var lanes = Vector<float>.Count;
        var index = 0;
        fixed (float* source = values)
        {
            for (; index <= values.Length - 4 * lanes; index += 4 * lanes)
            {
                var low = Vector.Narrow(Code(source + index), Code(source + index + lanes));
                var high = Vector.Narrow(Code(source + index + 2 * lanes), Code(source + index + 3 * lanes));
                Vector.Narrow(low, high).Store(codes + index);
            }
        }

        for (; index < values.Length; index++)
        {
            codes[index] = (byte)BitConverter.SingleToUInt32Bits(values[index] * factor + (Rounder + CodeOfZero));
        }

        Vector<uint> Code(float* source) =>
            Vector.AsVectorUInt32(Vector.Load(source) * factor + new Vector<float>(Rounder + CodeOfZero)) & new Vector<uint>(byte.MaxValue);
    }
}
