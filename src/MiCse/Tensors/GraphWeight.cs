using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MiCse.Tensors;

/// <summary>A tensor that an encoder computes with: its type and shape, and its elements row-major and little-endian.</summary>
internal sealed record GraphWeight(TensorElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Elements)
{
    /// <summary>A tensor of a checkpoint as it lies there, or widened to float32 when it is of another type.</summary>
    public static GraphWeight From(CheckpointTensor tensor) => tensor.Type == TensorType.Float32
        ? new GraphWeight(TensorElementType.Float, tensor.Shape, tensor.Memory)
        : From(tensor.ToSingles(), [.. tensor.Shape]);

    /// <summary>Float32 numbers.</summary>
    public static GraphWeight From(ReadOnlySpan<float> values, params long[] shape) =>
        new(TensorElementType.Float, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A copy of float32 elements.</summary>
    public float[] ToSingles() => MemoryMarshal.Cast<byte, float>(Elements.Span).ToArray();
}
