using System.Numerics;
using System.Runtime.CompilerServices;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>
/// Vectors of one width, one a token: hidden states or what is computed between them. For int8 matrix multiplications each is stored quantized too, as
/// values 128 + x / scale from 1 to 255 with a scale of its own.
/// </summary>
internal sealed unsafe class Activations : IDisposable
{
    /// <summary>The quantized value of zero.</summary>
    public const byte QuantizedZero = 128;

    private const int Levels = 127;

    // Adding it leaves, in the lowest bits of a float32, the sum's nearest integer, halves to even.
    private const float Rounder = 1.5f * (1 << 23);

    // A row further than its width, so that rows of 4,096 bytes do not compete for the same lines of the cache.
    private const int Gap = 16;

    private readonly AlignedMemory<float> _floats = new();
    private readonly AlignedMemory<byte> _quantized = new();
    private readonly AlignedMemory<float> _scales = new();
    private readonly Storage _storage;

    /// <param name="width">Dimensions of a vector.</param>
    /// <param name="storage">How vectors are stored.</param>
    public Activations(int width, Storage storage)
    {
        Width = width;
        Stride = Panels.Padded(width) + Gap;
        _storage = storage;
    }

    /// <summary>How vectors are stored.</summary>
    [Flags]
    public enum Storage
    {
        /// <summary>Not at all: each goes to an operation, which keeps what it makes of it.</summary>
        None = 0,

        /// <summary>As float32.</summary>
        Floats = 1,

        /// <summary>Quantized to a byte a dimension.</summary>
        Quantized = 2,

        /// <summary>As both.</summary>
        Both = Floats | Quantized,
    }

    /// <summary>Dimensions of a vector.</summary>
    public int Width { get; }

    /// <summary>Floats from one vector to the next.</summary>
    public nint Stride { get; }

    /// <summary>[rows, <see cref="Stride"/>]; six rows more than asked for are readable.</summary>
    public float* Floats => _floats.Pointer;

    /// <summary>[rows, <see cref="Width"/>]</summary>
    public byte* Quantized => _quantized.Pointer;

    /// <summary>[rows]: a vector is scale · (quantized value − 128).</summary>
    public float* Scales => _scales.Pointer;

    /// <summary>Reserves memory.</summary>
    public void Reserve(int rows)
    {
        if (_storage.HasFlag(Storage.Floats))
        {
            _floats.Reserve((rows + TileKernel.Rows) * Stride);
        }

        if (_storage.HasFlag(Storage.Quantized))
        {
            _quantized.Reserve((long)rows * Width);
            _scales.Reserve(rows);
        }
    }

    /// <summary>One vector.</summary>
    public Span<float> Row(int row) => new(Floats + row * Stride, Width);

    /// <summary>Where a vector is to be written: its row where floats are stored, else the beginning of a buffer.</summary>
    public Span<float> RowOr(int row, Span<float> buffer) => _storage.HasFlag(Storage.Floats) ? Row(row) : buffer[..Width];

    /// <summary>Quantizes a vector that is complete, where quantized values are stored.</summary>
    public void Complete(int row, ReadOnlySpan<float> values)
    {
        if (_storage.HasFlag(Storage.Quantized))
        {
            // A vector of zeros needs a scale above 0, too.
            var most = MathF.Max(LargestMagnitude(values), 1e-30f);
            Scales[row] = most / Levels;
            Quantize(values, Levels / most, Quantized + (long)row * Width);
        }
    }

    /// <summary>Copies the floats of the first rows of another matrix.</summary>
    /// <param name="source">The other one, of the same width; both keep floats.</param>
    /// <param name="rows">How many.</param>
    public void CopyFrom(Activations source, int rows)
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
    public void CopyRows(Activations source, ReadOnlySpan<int> rows)
    {
        Reserve(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            source.Row(rows[row]).CopyTo(Row(row));
            if (_storage.HasFlag(Storage.Quantized))
            {
                new ReadOnlySpan<byte>(source.Quantized + (long)rows[row] * Width, Width).CopyTo(new Span<byte>(Quantized + (long)row * Width, Width));
                Scales[row] = source.Scales[rows[row]];
            }
        }
    }

    public void Dispose()
    {
        _floats.Dispose();
        _quantized.Dispose();
        _scales.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float LargestMagnitude(ReadOnlySpan<float> values)
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
    private static void Quantize(ReadOnlySpan<float> values, float factor, byte* quantized)
    {
        var lanes = Vector<float>.Count;
        var index = 0;
        fixed (float* source = values)
        {
            for (; index <= values.Length - 4 * lanes; index += 4 * lanes)
            {
                var low = Vector.Narrow(Level(source + index), Level(source + index + lanes));
                var high = Vector.Narrow(Level(source + index + 2 * lanes), Level(source + index + 3 * lanes));
                Vector.Narrow(low, high).Store(quantized + index);
            }
        }

        for (; index < values.Length; index++)
        {
            quantized[index] = (byte)BitConverter.SingleToUInt32Bits(values[index] * factor + (Rounder + QuantizedZero));
        }

        Vector<uint> Level(float* source) =>
            Vector.AsVectorUInt32(Vector.Load(source) * factor + new Vector<float>(Rounder + QuantizedZero)) & new Vector<uint>(byte.MaxValue);
    }
}
