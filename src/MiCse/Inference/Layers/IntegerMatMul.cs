using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Inference.Runtime;
using MiCse.Numerics;
using MiCse.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Inference.Layers;

/// <summary>
/// Exact multiplications of quantized rows with a matrix of signed bytes, on one thread. .NET has no instructions for bytes on all processors that have them
/// (AVX-512 VNNI), so ONNX Runtime computes them: a session with one MatMulInteger, on weights that it packed. Thread-safe.
/// </summary>
internal sealed unsafe class IntegerMatMul : IDisposable
{
    private static readonly string[] Inputs = ["codes"];
    private static readonly string[] Outputs = ["sums"];

    private readonly IOnnxSession _session;
    private readonly IOnnxSession? _odd;
    private readonly int _depth;

    /// <param name="weight">int8 [depth, columns].</param>
    /// <param name="splits">
    /// Whether even and odd rows of the matrix are multiplied apart and added, so that no two products are added in 16 bits; null: where this processor does that and
    /// the weights are large enough to saturate.
    /// </param>
    public IntegerMatMul(Tensor weight, bool? splits = null)
    {
        _depth = (int)weight.Shape[0];
        Columns = (int)weight.Shape[1];
        if (splits ?? (BytePairs.Saturate && HasLargePairs(weight)))
        {
            _odd = Open(Rows(weight, odd: true));
            weight = Rows(weight, odd: false);
        }

        _session = Open(weight);
    }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>sums[row, column] = Σ (quantized − 128) · weight</summary>
    /// <param name="quantized">[rows, depth]</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, columns]</param>
    public void Multiply(byte* quantized, int rows, int* sums)
    {
        Run(_session, quantized, rows, sums);
        if (_odd is not null)
        {
            using var others = new AlignedMemory<int>((long)rows * Columns);
            Run(_odd, quantized, rows, others.Pointer);
            var length = rows * Columns;
            TensorPrimitives.Add(new ReadOnlySpan<int>(sums, length), new ReadOnlySpan<int>(others.Pointer, length), new Span<int>(sums, length));
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _odd?.Dispose();
    }

    private static IOnnxRuntime Runtime => OnnxRuntimePackage.Found ?? throw new PlatformNotSupportedException(
        $"ONNX Runtime multiplies int8 matrices on this processor: add the package {OnnxRuntimePackage.Name} (dotnet add package {OnnxRuntimePackage.Name}), or take float32.");

    private IOnnxSession Open(Tensor weight)
    {
        var model = new OnnxModelWriter();
        model.Input(Inputs[0], TensorType.UInt8, "rows", (long)_depth);
        model.Weight("weight", weight);
        model.Node("MatMulInteger", "", [Inputs[0], "weight", model.Constant("code_of_zero", TensorType.UInt8, 128)], Outputs);
        model.Output(Outputs[0], TensorType.Int32, "rows", (long)Columns);
        return Runtime.Open(model.ToArray());
    }

    private void Run(IOnnxSession session, byte* quantized, int rows, int* sums) => session.Run(
        new OnnxBuffer(TensorType.UInt8, rows, _depth, (nint)quantized), new OnnxBuffer(TensorType.Int32, rows, Columns, (nint)sums));

    /// <summary>Whether two weights that are neighbours in a column are so large together that their products can saturate.</summary>
    private static bool HasLargePairs(Tensor weight)
    {
        var columns = (int)weight.Shape[1];
        var values = MemoryMarshal.Cast<byte, sbyte>(weight.Bytes);
        for (var first = 0; first < values.Length; first += 2 * columns)
        {
            for (var column = 0; column < columns && first + columns + column < values.Length; column++)
            {
                if (Math.Abs((int)values[first + column]) + Math.Abs((int)values[first + columns + column]) > BytePairs.Largest)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The matrix with zeros in place of the even or odd rows.</summary>
    private static Tensor Rows(Tensor weight, bool odd)
    {
        var columns = (int)weight.Shape[1];
        var values = weight.Bytes.ToArray();
        for (var row = odd ? 0 : 1; row < weight.Shape[0]; row += 2)
        {
            values.AsSpan(row * columns, columns).Clear();
        }

        return new Tensor(weight.Name, weight.Type, weight.Shape, values);
    }
}
