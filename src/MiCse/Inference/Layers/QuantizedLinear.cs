using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>
/// A linear layer in int8: quantized rows are multiplied with quantized weights exactly; each row is scaled, completed and quantized for the next layer while it is in the
/// cache. What a row's midpoint adds is the midpoint times the sum of an output's weights.
/// </summary>
internal sealed unsafe class QuantizedLinear : Linear
{
    // More rows would not be faster, and take more memory for their sums.
    private const int RowsAtATime = 192;

    private readonly IntegerMatMul _product;
    private readonly float[] _scales; // [out]
    private readonly float[] _sums; // [out]: of the weights that an output is made with
    private readonly float[] _bias; // [out]

    /// <summary>Takes weights as quantized values [in, out] with scales [out], and biases [out], null for 0; several layers with the same input become one, their outputs side by side.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="threads">How many may share a matrix multiplication.</param>
    public QuantizedLinear(IReadOnlyList<(QuantizedWeight Weight, Tensor? Bias)> layers, int threads)
        : base((int)layers[0].Weight.Values.Shape[0], (int)layers.Sum(layer => layer.Weight.Values.Shape[1]))
    {
        _scales = [.. layers.SelectMany(layer => layer.Weight.Scales.ToSingles())];
        _sums = [.. layers.SelectMany(layer => layer.Weight.ColumnSums())];
        Factors = layers[0].Weight.Factors?.ToSingles();
        _bias = [.. layers.SelectMany(layer => layer.Bias?.ToSingles() ?? new float[layer.Weight.Values.Shape[1]])];
        _product = IntegerMatMul.Create(SideBySide([.. layers.Select(layer => layer.Weight.Values)]), Inputs, Outputs, threads);
    }

    public override float[]? Factors { get; }

    public override void Apply(Activations input, Activations output, int rows, RowOperation? operation, Workspace workspace, Team team)
    {
        output.Reserve(rows);
        workspace.Sums.Reserve((long)(RowsAtATime + ByteTileKernel.Rows) * _product.Width);
        for (var start = 0; start < rows; start += RowsAtATime)
        {
            var first = start;
            var count = Math.Min(RowsAtATime, rows - first);
            team.Share(_product.Parts, (from, to) => _product.Multiply(input.Quantized + (long)first * Inputs, count, workspace.Sums.Pointer, from, to));
            team.Share(count, (from, to) => Finish(input.Scales + first, input.Midpoints + first, workspace.Sums.Pointer, count, output, first, operation, from, to));
        }
    }

    public override void Dispose() => _product.Dispose();

    /// <summary>Some rows of the output from their sums.</summary>
    private void Finish(float* rowScales, float* midpoints, int* sums, int rows, Activations output, int first, RowOperation? operation, int from, int to)
    {
        var buffer = ArrayPool<float>.Shared.Rent(Outputs);
        for (var row = from; row < to; row++)
        {
            var values = output.RowOr(first + row, buffer);
            foreach (var block in _product.Blocks)
            {
                Scale(block.Row(sums, rows, row), rowScales[row], midpoints[row], block.Start, values.Slice(block.Start, block.Columns));
            }

            operation?.Invoke(values, first + row);
            output.Complete(first + row, values);
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>values = sums · scale of the row · scale of the column + midpoint of the row · sum of the column + bias</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scale(int* sums, float rowScale, float midpoint, int start, Span<float> values)
    {
        fixed (float* scales = &_scales[start], columns = &_sums[start], bias = &_bias[start], target = values)
        {
            var index = 0;
            for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                var scale = Vector.Load(scales + index) * rowScale;
                var added = Vector.MultiplyAddEstimate(Vector.Load(columns + index), new Vector<float>(midpoint), Vector.Load(bias + index));
                Vector.MultiplyAddEstimate(Vector.ConvertToSingle(Vector.Load(sums + index)), scale, added).Store(target + index);
            }

            for (; index < values.Length; index++)
            {
                target[index] = float.MultiplyAddEstimate(sums[index], scales[index] * rowScale, float.MultiplyAddEstimate(columns[index], midpoint, bias[index]));
            }
        }
    }

    private static sbyte[] SideBySide(Tensor[] matrices)
    {
        var rows = (int)matrices[0].Shape[0];
        var values = new sbyte[matrices.Sum(matrix => matrix.Shape[0] * matrix.Shape[1])];
        var target = values.AsSpan();
        for (var row = 0; row < rows; row++)
        {
            foreach (var matrix in matrices)
            {
                var columns = (int)matrix.Shape[1];
                MemoryMarshal.Cast<byte, sbyte>(matrix.Bytes.Slice(row * columns, columns)).CopyTo(target);
                target = target[columns..];
            }
        }

        return values;
    }
}
