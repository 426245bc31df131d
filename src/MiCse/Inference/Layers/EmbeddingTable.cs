using System.Buffers;
using System.Numerics.Tensors;
using MiCse.Tensors;
using MiCse.Weights;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Inference.Layers;

/// <summary>A table of vectors, read where it lies: in a memory-mapped file it stays there. Thread-safe.</summary>
internal sealed unsafe class EmbeddingTable : IDisposable
{
    private const int MostOnStack = 4096;

    private readonly MemoryHandle _pin;
    private readonly Tensor _weight;
    private readonly float[]? _scales; // of quantized values, [rows]

    /// <summary>A table of floating-point numbers, [rows, width]; a row that is not in float32 is converted when it is read.</summary>
    public EmbeddingTable(Tensor weight)
    {
        _weight = weight;
        (Rows, Width) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        _pin = weight.Memory.Pin();
    }

    /// <summary>A table quantized to int8, [rows, width] with scales [rows, 1].</summary>
    public EmbeddingTable(QuantizedWeight weight)
        : this(weight.Values) => _scales = weight.Scales.ToSingles();

    /// <summary>Vectors.</summary>
    public int Rows { get; }

    /// <summary>Dimensions of a vector.</summary>
    public int Width { get; }

    /// <summary>A vector of a table in float32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    public ReadOnlySpan<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Rows);
            return new ReadOnlySpan<float>((float*)_pin.Pointer + (long)index * Width, Width);
        }
    }

    /// <summary>Adds a vector.</summary>
    /// <param name="index">Its row.</param>
    /// <param name="values">The vector it is added to.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    public void AddTo(int index, Span<float> values)
    {
        if (_weight.Type == TensorType.Float32)
        {
            TensorPrimitives.Add(values, this[index], values);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Rows);
        var numbers = Width <= MostOnStack ? stackalloc float[Width] : new float[Width];
        if (_scales is null)
        {
            _weight.CopyTo(index * Width, numbers);
            TensorPrimitives.Add(values, numbers, values);
        }
        else
        {
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<sbyte>((sbyte*)_pin.Pointer + (long)index * Width, Width), numbers);
            TensorPrimitives.MultiplyAdd(numbers, _scales[index], values, values);
        }
    }

    public void Dispose() => _pin.Dispose();
}
