namespace MiCse.Checkpoints;

/// <summary>
/// One named tensor of an open checkpoint, contiguous and little-endian. <see cref="Bytes"/> points into the (memory-mapped)
/// file where the format allows it and is valid until the <see cref="Checkpoint"/> is disposed.
/// </summary>
public sealed class CheckpointTensor
{
    internal CheckpointTensor(string name, TensorType type, long[] shape, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Memory = bytes;
    }

    /// <summary>The name as the file spells it.</summary>
    public string Name { get; }

    /// <summary>The element type in the file.</summary>
    public TensorType Type { get; }

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Product of <see cref="Shape"/>.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The raw elements, row-major, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    internal ReadOnlyMemory<byte> Memory { get; }

    /// <summary>Copies the elements as float32 (Float64, Float16 and BFloat16 are converted).</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The tensor is not floating-point.</exception>
    public void CopyTo(Span<float> destination) => throw new NotImplementedException();

    /// <summary>The elements as a new float32 array.</summary>
    public float[] ToSingles()
    {
        var values = new float[ElementCount];
        CopyTo(values);
        return values;
    }
}
