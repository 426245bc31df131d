using System.Runtime.InteropServices;

namespace MiCse.Tensors;

/// <summary>A tensor to be written to a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">The sizes of its dimensions; empty for a scalar.</param>
/// <param name="WriteTo">
/// Writes the elements, row-major and little-endian, to a stream. Called once, when the tensor's turn comes, so that not all tensors need to be in memory.
/// </param>
public sealed record TensorContent(string Name, TensorType Type, IReadOnlyList<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>A float32 tensor from memory.</summary>
    public static TensorContent From(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> elements) =>
        new(name, TensorType.Float32, shape, stream => stream.Write(MemoryMarshal.AsBytes(elements.Span)));

    /// <summary>A tensor of an open checkpoint, under its own or another name.</summary>
    public static TensorContent From(CheckpointTensor tensor, string? name = null) =>
        new(name ?? tensor.Name, tensor.Type, tensor.Shape, stream => stream.Write(tensor.Bytes));
}
