using System.Buffers;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MiCse.Inference;

/// <summary>
/// Hands checkpoint tensors to ONNX Runtime by address. Float32 weights stay where they are, in the memory-mapped file; other
/// types are widened to float32 first. ONNX Runtime reads the memory as long as the session lives, so this is disposed after it.
/// </summary>
internal sealed unsafe class WeightMemory : IDisposable
{
    private readonly List<MemoryHandle> _pins = [];
    private readonly List<nint> _widened = [];
    private readonly List<OrtValue> _values = [];

    /// <summary>Makes a tensor the session's initializer of the same name.</summary>
    public void AddTo(SessionOptions options, string name, CheckpointTensor tensor)
    {
        var value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.Float,
            [.. tensor.Shape],
            AddressOf(tensor),
            tensor.ElementCount * sizeof(float));
        _values.Add(value);
        options.AddInitializer(name, value);
    }

    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _pins.ForEach(pin => pin.Dispose());
        _widened.ForEach(address => NativeMemory.Free((void*)address));
        _values.Clear();
        _pins.Clear();
        _widened.Clear();
    }

    private nint AddressOf(CheckpointTensor tensor)
    {
        if (tensor.Type == TensorType.Float32 && BitConverter.IsLittleEndian)
        {
            var pin = tensor.Memory.Pin();
            _pins.Add(pin);
            // The safetensors format lets data start at any byte, the processor's float instructions do not everywhere.
            if ((nint)pin.Pointer % sizeof(float) == 0)
            {
                return (nint)pin.Pointer;
            }
        }

        var widened = NativeMemory.Alloc((nuint)tensor.ElementCount, sizeof(float));
        _widened.Add((nint)widened);
        tensor.CopyTo(new Span<float>(widened, checked((int)tensor.ElementCount)));
        return (nint)widened;
    }
}
