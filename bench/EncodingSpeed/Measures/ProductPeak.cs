using System.Diagnostics;
using MiCse.Inference;
using MiCse.Training.Native;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>What the processor reaches in products of large matrices at this moment: the best of ONNX Runtime and, in float32, libtorch.</summary>
/// <param name="Float32">Multiplications and additions a second.</param>
/// <param name="Int8">The same of bytes.</param>
internal sealed record ProductPeak(double Float32, double Int8)
{
    private const int Size = 2048;
    private const int Trials = 5;

    public static ProductPeak Measure(int threads)
    {
        LibTorch.Load();
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        var (left, right) = (rand(Size, Size), rand(Size, Size));
        var torchs = Rate(() => left.matmul(right).Dispose());

        var values = new float[Size * Size];
        Array.Fill(values, 0.5f);
        var onnx = Rate(threads, "MatMul", TensorElementType.Float, TensorElementType.Float, values, values);
        var bytes = new byte[Size * Size];
        Array.Fill(bytes, (byte)7);
        return new ProductPeak(
            Math.Max(torchs, onnx),
            Rate(threads, "MatMulInteger", TensorElementType.UInt8, TensorElementType.Int32, bytes, Array.ConvertAll(bytes, value => (sbyte)value)));
    }

    private static double Rate<TLeft, TRight>(
        int threads, string operation, TensorElementType type, TensorElementType result, TLeft[] left, TRight[] right)
        where TLeft : unmanaged
        where TRight : unmanaged
    {
        var graph = new OnnxModelWriter();
        graph.Input("left", type, (long)Size, (long)Size);
        graph.Input("right", type == TensorElementType.UInt8 ? TensorElementType.Int8 : type, (long)Size, (long)Size);
        graph.Node(operation, "", ["left", "right"], ["product"]);
        graph.Output("product", result, (long)Size, (long)Size);
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(graph.ToArray(), options);
        using var run = new RunOptions();
        using var leftValue = OrtValue.CreateTensorValueFromMemory(left, [Size, Size]);
        using var rightValue = OrtValue.CreateTensorValueFromMemory(right, [Size, Size]);
        return Rate(() => session.Run(run, ["left", "right"], [leftValue, rightValue], ["product"]).Dispose());
    }

    private static double Rate(Action product)
    {
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < Trials; trial++)
        {
            var start = Stopwatch.GetTimestamp();
            product();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best;
    }
}
