using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>
/// Float32 elements of tensors in the memory of this process, row-major. The elements of a tensor on another device are copied: its address means
/// nothing here.
/// </summary>
internal static class HostMemory
{
    /// <summary>Whether the tensor's elements lie in this process's memory.</summary>
    public static bool IsOnCpu(this Tensor tensor) => tensor.device_type == TorchSharp.DeviceType.CPU;

    /// <summary>A copy of all elements, from any device.</summary>
    /// <exception cref="ArgumentException">Not float32.</exception>
    public static float[] ToArray(Tensor tensor)
    {
        var elements = new float[tensor.numel()];
        CopyTo(tensor, elements);
        return elements;
    }

    /// <summary>Copies all elements, from any device.</summary>
    /// <exception cref="ArgumentException">Not float32, or another number of elements.</exception>
    public static void CopyTo(Tensor tensor, Span<float> destination)
    {
        using var scope = NewDisposeScope();
        var host = Require(tensor).detach().cpu().contiguous(); // itself where nothing has to be copied
        MemoryMarshal.Cast<byte, float>(host.bytes).CopyTo(destination);
    }

    /// <summary>Writes all elements of a tensor as little-endian bytes, from any device.</summary>
    /// <exception cref="ArgumentException">Not float32.</exception>
    public static void WriteTo(Tensor tensor, Stream stream)
    {
        using var scope = NewDisposeScope();
        stream.Write(Require(tensor).detach().cpu().contiguous().bytes);
    }

    /// <summary>Replaces all elements of a contiguous tensor, on any device.</summary>
    /// <param name="tensor">What is written to.</param>
    /// <param name="fill">Gets the elements to set, of which it sets all.</param>
    /// <exception cref="ArgumentException">Not float32.</exception>
    public static void Fill(Tensor tensor, Action<Span<float>> fill)
    {
        Require(tensor);
        if (tensor.IsOnCpu())
        {
            fill(MemoryMarshal.Cast<byte, float>(tensor.bytes));
            return;
        }

        var elements = new float[tensor.numel()];
        fill(elements);
        using var gradients = no_grad();
        using var host = TorchSharp.torch.tensor(elements, tensor.shape);
        tensor.copy_(host);
    }

    private static Tensor Require(Tensor tensor) => tensor.dtype == ScalarType.Float32
        ? tensor
        : throw new ArgumentException($"Weights and embeddings are read as float32, and this tensor is {tensor.dtype}.", nameof(tensor));
}
