using MiCse.Checkpoints;
using MiCse.Tensors;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace MiCse.Inference.Layers;

/// <summary>
/// Exact multiplications of quantized rows with a matrix of signed bytes, on one thread. .NET has no instructions for bytes on all processors that have them
/// (AVX-512 VNNI), so ONNX Runtime computes them: a session with one MatMulInteger, on weights that it packed. Thread-safe.
/// </summary>
internal sealed unsafe class IntegerMatMul : IDisposable
{
    private static readonly string[] Inputs = ["codes"];
    private static readonly string[] Outputs = ["sums"];

    private readonly InferenceSession _session;
    private readonly int _depth;

    /// <param name="weight">int8 [depth, columns].</param>
    public IntegerMatMul(Tensor weight)
    {
        _depth = (int)weight.Shape[0];
        Columns = (int)weight.Shape[1];
        var model = new OnnxModelWriter();
        model.Input(Inputs[0], TensorType.UInt8, "rows", (long)_depth);
        model.Weight("weight", weight);
        model.Node("MatMulInteger", "", [Inputs[0], "weight", model.Constant("code_of_zero", TensorType.UInt8, 128)], Outputs);
        model.Output(Outputs[0], TensorType.Int32, "rows", (long)Columns);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false,
            EnableCpuMemArena = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            // What goes wrong comes as an exception; a library does not write to the console.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        _session = new InferenceSession(model.ToArray(), options);
    }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>sums[row, column] = Σ (quantized − 128) · weight</summary>
    /// <param name="quantized">[rows, depth]</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, columns]</param>
    public void Multiply(byte* quantized, int rows, int* sums)
    {
        using var options = new RunOptions();
        using var left = Value(TensorElementType.UInt8, rows, _depth, (nint)quantized, sizeof(byte));
        using var product = Value(TensorElementType.Int32, rows, Columns, (nint)sums, sizeof(int));
        _session.Run(options, Inputs, [left], Outputs, [product]);
    }

    public void Dispose() => _session.Dispose();

    private static OrtValue Value(TensorElementType type, int rows, int columns, nint address, int elementSize) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, [rows, columns], address, (long)rows * columns * elementSize);
}
