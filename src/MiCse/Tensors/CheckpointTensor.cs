using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;

namespace MiCse.Tensors;

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
    public long ElementCount => Memory.Length / Type.ElementSize();

    /// <summary>The raw elements, row-major, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>The same bytes; pinning them gives native code a pointer into the file's memory map.</summary>
    internal ReadOnlyMemory<byte> Memory { get; }

    /// <summary>Copies the elements as float32 (Float64, Float16 and BFloat16 are converted).</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The tensor is not floating-point.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != ElementCount)
        {
            throw new ArgumentException(
                $"'{Name}' has {ElementCount} elements, the destination has room for {destination.Length}", nameof(destination));
        }

        switch (Type)
        {
            case TensorType.Float32:
                MemoryMarshal.Cast<byte, float>(Bytes).CopyTo(destination);
                break;
            case TensorType.Float64:
                TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(Bytes), destination);
                break;
            case TensorType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(Bytes), destination);
                break;
            case TensorType.BFloat16:
                // The bits of a bfloat16 are the upper half of the float32 of the same value.
                var bits = MemoryMarshal.Cast<float, uint>(destination);
                TensorPrimitives.ConvertTruncating<ushort, uint>(MemoryMarshal.Cast<byte, ushort>(Bytes), bits);
                TensorPrimitives.ShiftLeft<uint>(bits, 16, bits);
                break;
            default:
                throw new InvalidOperationException($"'{Name}' has type {Type}, which is not floating-point");
        }
    }

    /// <summary>The elements as a new float32 array.</summary>
    public float[] ToSingles()
    {
        var values = new float[ElementCount];
        CopyTo(values);
        return values;
    }
}
