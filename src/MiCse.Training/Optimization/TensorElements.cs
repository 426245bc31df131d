using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MiCse.Numerics;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>The elements of a contiguous float32 tensor on the CPU, reachable from several threads. Valid as long as the tensor lives.</summary>
internal readonly unsafe struct TensorElements
{
    /// <summary>
    /// How many elements are worked on at a time. Fixed, so that sums over chunks do not depend on the number of threads.
    /// </summary>
    public const int ChunkLength = 1 << 16;

    private static readonly ParallelOptions s_options = new();

    private readonly float* _first;

    /// <exception cref="ArgumentException">Another device, another element type, or strides.</exception>
    public TensorElements(Tensor tensor)
    {
        if (!tensor.IsOnCpu())
        {
            throw new ArgumentException($"Elements are reached in place on the CPU alone, and this tensor is on {tensor.device}.", nameof(tensor));
        }

        if (tensor.dtype != ScalarType.Float32 || !tensor.is_contiguous())
        {
            throw new ArgumentException($"The optimizer works on contiguous float32 tensors, not on this one of {tensor.dtype}.", nameof(tensor));
        }

        var elements = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        _first = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(elements));
        Length = elements.Length;
    }

    public int Length { get; }

    public int ChunkCount => (Length + ChunkLength - 1) / ChunkLength;

    /// <summary>The elements from <c>chunk · ChunkLength</c> on.</summary>
    public Span<float> Chunk(int chunk)
    {
        var start = chunk * ChunkLength;
        return new Span<float>(_first + start, Math.Min(ChunkLength, Length - start));
    }

    /// <summary>Runs an action for every chunk, on several threads where that pays.</summary>
    public void ForEachChunk(Action<int> action)
    {
        if (ChunkCount == 1)
        {
            action(0);
        }
        else
        {
            ParallelLoop.For(0, ChunkCount, s_options, action);
        }
    }
}
