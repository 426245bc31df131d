using MiCse.Inference.Runtime;
using MiCse.Tensors;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace MiCse.OnnxRuntime;

/// <summary>A session of ONNX Runtime. Thread-safe.</summary>
internal sealed class OnnxRuntimeSession : IOnnxSession
{
    private readonly InferenceSession _session;
    private readonly Dictionary<string, TensorElementType> _inputTypes;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    public OnnxRuntimeSession(InferenceSession session)
    {
        _session = session;
        _inputTypes = session.InputMetadata.ToDictionary(input => input.Key, input => input.Value.ElementDataType);
        (_inputs, _outputs) = ([.. session.InputNames], [.. session.OutputNames]);
        (Inputs, Outputs) = (Values(session.InputMetadata), Values(session.OutputMetadata));
    }

    public IReadOnlyList<OnnxValue> Inputs { get; }

    public IReadOnlyList<OnnxValue> Outputs { get; }

    public void Run(IReadOnlyList<(string Name, int[] Values)> inputs, string output, OnnxOutputReader read)
    {
        List<OrtValue> values = [.. inputs.Select(input => Input(_inputTypes[input.Name], input.Values))];
        try
        {
            using var options = new RunOptions();
            using var outputs = _session.Run(options, [.. inputs.Select(input => input.Name)], values, [output]);
            read(outputs[0].GetTensorDataAsSpan<float>(), outputs[0].GetTensorTypeAndShape().Shape);
        }
        catch (Exception failure) when (failure is OnnxRuntimeException or ArgumentException or NotSupportedException)
        {
            throw Sentence(failure);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    public void Run(OnnxBuffer input, OnnxBuffer output)
    {
        using var options = new RunOptions();
        using var left = Value(input);
        using var right = Value(output);
        _session.Run(options, _inputs, [left], _outputs, [right]);
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The first line of what ONNX Runtime says.</summary>
    public static InvalidOperationException Sentence(Exception failure) => new(failure.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.'), failure);

    private static OrtValue Input(TensorElementType type, int[] values) => type == TensorElementType.Int32
        ? OrtValue.CreateTensorValueFromMemory(values, [1, values.Length])
        : OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (long)value), [1, values.Length]);

    private static OrtValue Value(OnnxBuffer buffer)
    {
        var (type, size) = buffer.Type == TensorType.UInt8 ? (TensorElementType.UInt8, sizeof(byte)) : (TensorElementType.Int32, sizeof(int));
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, [buffer.Rows, buffer.Columns], buffer.Address, (long)buffer.Rows * buffer.Columns * size);
    }

    private static OnnxValue[] Values(IReadOnlyDictionary<string, NodeMetadata> metadata) =>
    [
        .. metadata.Select(entry => entry.Value.IsTensor
            ? new OnnxValue(entry.Key, TypeOf(entry.Value.ElementDataType), entry.Value.ElementDataType.ToString(), entry.Value.Dimensions.Length)
            : new OnnxValue(entry.Key, null, entry.Value.OnnxValueType.ToString(), 0)),
    ];

    private static TensorType? TypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => TensorType.Float32,
        TensorElementType.Int32 => TensorType.Int32,
        TensorElementType.Int64 => TensorType.Int64,
        _ => null,
    };
}
