using System.Numerics;
using System.Runtime.CompilerServices;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>
/// Vectors of one width, one a token: hidden states or what is computed between them. For int8 matrix multiplications each is stored quantized too, as
/// values 128 + (factors · x − midpoint) / scale from 1 to 255, with the midpoint and the scale of its own range.
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
    private readonly AlignedMemory<float> _midpoints = new();
    private readonly Storage _storage;
    private readonly float[] _ones;

    /// <param name="width">Dimensions of a vector.</param>
    /// <param name="storage">How vectors are stored.</param>
    public Activations(int width, Storage storage)
    {
        Width = width;
        Stride = Panels.Padded(width) + Gap;
        _storage = storage;
        _ones = storage.HasFlag(Storage.Quantized) ? [.. Enumerable.Repeat(1f, width)] : [];
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

    /// <summary>[rows, <see cref="Width"/>]; six rows more than asked for are readable.</summary>
    public byte* Quantized => _quantized.Pointer;

    /// <summary>[rows]: a vector is (midpoint + scale · (quantized value − 128)) / factors.</summary>
    public float* Scales => _scales.Pointer;

    /// <summary>[rows]: the middle of a vector's range.</summary>
    public float* Midpoints => _midpoints.Pointer;

    /// <summary>What the vectors that are completed from now on are multiplied by before they are quantized: the factors of the layer that reads them; null: nothing.</summary>
    public float[]? Factors { get; set; }

    /// <summary>Reserves memory.</summary>
    public void Reserve(int rows)
    {
        if (_storage.HasFlag(Storage.Floats))
        {
            _floats.Reserve((rows + TileKernel.Rows) * Stride);
        }

        if (_storage.HasFlag(Storage.Quantized))
        {
            _quantized.Reserve((long)(rows + ByteTileKernel.Rows) * Width);
            _scales.Reserve(rows);
            _midpoints.Reserve(rows);
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
            var factors = Factors ?? _ones;
            var (least, most) = Range(values, factors);
            // A vector of equal numbers needs a scale above 0, too.
            var half = MathF.Max((most - least) / 2, 1e-30f);
            var midpoint = (most + least) / 2;
            (Scales[row], Midpoints[row]) = (half / Levels, midpoint);
            Quantize(values, factors, midpoint, Levels / half, Quantized + (long)row * Width);
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
                (Scales[row], Midpoints[row]) = (source.Scales[rows[row]], source.Midpoints[rows[row]]);
            }
        }
    }

    public void Dispose()
    {
        _floats.Dispose();
        _quantized.Dispose();
        _scales.Dispose();
        _midpoints.Dispose();
    }

    /// <summary>The least and the largest of the products; NaN where one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Least, float Most) Range(ReadOnlySpan<float> values, float[] factors)
    {
        var lanes = Vector<float>.Count;
        var index = 0;
        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        fixed (float* source = values, factor = factors)
        {
            if (values.Length >= 2 * lanes)
            {
                var (low, high) = (new Vector<float>(least), new Vector<float>(most));
                var (otherLow, otherHigh) = (low, high);
                for (; index <= values.Length - 2 * lanes; index += 2 * lanes)
                {
                    var first = Vector.Load(source + index) * Vector.Load(factor + index);
                    var second = Vector.Load(source + index + lanes) * Vector.Load(factor + index + lanes);
                    (low, high) = (Vector.Min(low, first), Vector.Max(high, first));
                    (otherLow, otherHigh) = (Vector.Min(otherLow, second), Vector.Max(otherHigh, second));
                }

                (low, high) = (Vector.Min(low, otherLow), Vector.Max(high, otherHigh));
                for (var lane = 0; lane < lanes; lane++)
                {
                    (least, most) = (MathF.Min(least, low[lane]), MathF.Max(most, high[lane]));
                }
            }
        }

        for (; index < values.Length; index++)
        {
            var value = values[index] * factors[index];
            (least, most) = (MathF.Min(least, value), MathF.Max(most, value));
        }

        return (least, most);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quantize(ReadOnlySpan<float> values, float[] factors, float midpoint, float inverse, byte* quantized)
    {
        var lanes = Vector<float>.Count;
        var index = 0;
        fixed (float* source = values, factor = factors)
        {
            var (middle, inverses, rounder) = (new Vector<float>(midpoint), new Vector<float>(inverse), new Vector<float>(Rounder + QuantizedZero));
            for (; index <= values.Length - 4 * lanes; index += 4 * lanes)
            {
                var low = Vector.Narrow(Level(source + index, factor + index), Level(source + index + lanes, factor + index + lanes));
                var high = Vector.Narrow(
                    Level(source + index + 2 * lanes, factor + index + 2 * lanes), Level(source + index + 3 * lanes, factor + index + 3 * lanes));
                Vector.Narrow(low, high).Store(quantized + index);
            }

            Vector<uint> Level(float* value, float* by) => Vector.AsVectorUInt32(
                (Vector.Load(value) * Vector.Load(by) - middle) * inverses + rounder) & new Vector<uint>(byte.MaxValue);
        }

        for (; index < values.Length; index++)
        {
            quantized[index] = (byte)BitConverter.SingleToUInt32Bits((values[index] * factors[index] - midpoint) * inverse + (Rounder + QuantizedZero));
        }
    }
}
