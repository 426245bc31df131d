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
    private const int MostParts = 8;

    // More rows would not be faster, and take more memory for their sums.
    private const int RowsAtATime = 256;

    private readonly List<(int Start, IntegerMatMul Product)> _parts = [];
    private readonly float[] _scales; // [out]
    private readonly float[] _sums; // [out]: of the weights that an output is made with
    private readonly float[] _bias; // [out]

    /// <summary>Takes weights as quantized values [in, out] with scales [out], and biases [out], null for 0; several layers with the same input become one, their outputs side by side.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="threads">How many may share a matrix multiplication: columns are cut for them.</param>
    public QuantizedLinear(IReadOnlyList<(QuantizedWeight Weight, Tensor? Bias)> layers, int threads)
        : base((int)layers[0].Weight.Values.Shape[0], (int)layers.Sum(layer => layer.Weight.Values.Shape[1]))
    {
        _scales = [.. layers.SelectMany(layer => layer.Weight.Scales.ToSingles())];
        _sums = [.. layers.SelectMany(layer => layer.Weight.ColumnSums())];
        Factors = layers[0].Weight.Factors?.ToSingles();
        _bias = [.. layers.SelectMany(layer => layer.Bias?.ToSingles() ?? new float[layer.Weight.Values.Shape[1]])];
        var cuts = (Math.Min(threads, MostParts) + layers.Count - 1) / layers.Count;
        var start = 0;
        foreach (var (weight, _) in layers)
        {
            var columns = (int)weight.Values.Shape[1];
            for (var cut = 0; cut < cuts; cut++)
            {
                var (from, to) = (columns * cut / cuts, columns * (cut + 1) / cuts);
                if (from < to)
                {
                    _parts.Add((start + from, new IntegerMatMul(Columns(weight.Values, from, to))));
                }
            }

            start += columns;
        }
    }

    public override float[]? Factors { get; }

    public override void Apply(Activations input, Activations output, int rows, RowOperation? operation, Workspace workspace, Team team)
    {
        output.Reserve(rows);
        workspace.Sums.Reserve((long)RowsAtATime * Outputs);
        for (var start = 0; start < rows; start += RowsAtATime)
        {
            var first = start;
            var count = Math.Min(RowsAtATime, rows - first);
            team.Share(_parts.Count, (from, to) => Multiply(input.Quantized + (long)first * Inputs, count, workspace.Sums.Pointer, from, to));
            team.Share(count, (from, to) => Finish(input.Scales + first, input.Midpoints + first, workspace.Sums.Pointer, count, output, first, operation, from, to));
        }
    }

    public override void Dispose() => _parts.ForEach(part => part.Product.Dispose());

    /// <summary>The sums of some parts; each part has its rows one after the other.</summary>
    private void Multiply(byte* quantized, int rows, int* sums, int from, int to)
    {
        foreach (var (start, product) in CollectionsMarshal.AsSpan(_parts)[from..to])
        {
            product.Multiply(quantized, rows, sums + (long)rows * start);
        }
    }

    /// <summary>Some rows of the output from their sums.</summary>
    private void Finish(float* rowScales, float* midpoints, int* sums, int rows, Activations output, int first, RowOperation? operation, int from, int to)
    {
        var buffer = ArrayPool<float>.Shared.Rent(Outputs);
        for (var row = from; row < to; row++)
        {
            var values = output.RowOr(first + row, buffer);
            foreach (var (start, product) in CollectionsMarshal.AsSpan(_parts))
            {
                Scale(sums + (long)rows * start + (long)row * product.Columns, rowScales[row], midpoints[row], start, values.Slice(start, product.Columns));
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

    private static Tensor Columns(Tensor values, int from, int to)
    {
        var (rows, columns) = ((int)values.Shape[0], (int)values.Shape[1]);
        var part = new byte[(long)rows * (to - from)];
        for (var row = 0; row < rows; row++)
        {
            values.Bytes.Slice(row * columns + from, to - from).CopyTo(part.AsSpan(row * (to - from)));
        }

        return new Tensor(values.Name, TensorType.Int8, [rows, to - from], part);
    }
}
