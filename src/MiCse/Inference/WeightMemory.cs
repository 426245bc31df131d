using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Inference;

/// <summary>
/// Hands weights to ONNX Runtime by address: what lies in a memory-mapped file stays there. ONNX Runtime reads the memory as long as the
/// session lives, so this is disposed after it.
/// </summary>
internal sealed unsafe class WeightMemory : IDisposable
{
    private readonly List<MemoryHandle> _pins = [];
    private readonly List<nint> _moved = [];
    private readonly List<OrtValue> _values = [];

    /// <summary>Makes a weight the session's initializer of the same name.</summary>
    public void AddTo(SessionOptions options, string name, GraphWeight weight)
    {
        var value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, weight.Type, [.. weight.Shape], AddressOf(weight.Elements), weight.Elements.Length);
        _values.Add(value);
        options.AddInitializer(name, value);
    }

    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _pins.ForEach(pin => pin.Dispose());
        _moved.ForEach(address => NativeMemory.Free((void*)address));
        _values.Clear();
        _pins.Clear();
        _moved.Clear();
    }

    private nint AddressOf(ReadOnlyMemory<byte> elements)
    {
        var pin = elements.Pin();
        // The safetensors format lets data start at any byte, the processor's float instructions do not everywhere.
        if ((nint)pin.Pointer % sizeof(float) == 0)
        {
            _pins.Add(pin);
            return (nint)pin.Pointer;
        }

        pin.Dispose();
        var moved = NativeMemory.Alloc((nuint)elements.Length);
        _moved.Add((nint)moved);
        elements.Span.CopyTo(new Span<byte>(moved, elements.Length));
        return (nint)moved;
    }
}
