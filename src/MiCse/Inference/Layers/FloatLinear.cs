using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiCse.Inference.Layers;

/// <summary>A linear layer in float32.</summary>
internal sealed unsafe class FloatLinear : Linear
{
    // The rows of a product that are finished while they are in the cache.
    private const int RowsAtATime = 48;

    private readonly AlignedMemory<float> _weight;
    private readonly float[] _bias;

    /// <summary>Packs weights [out, in] and biases [out]; several layers with the same input become one, their outputs side by side.</summary>
    public FloatLinear(IReadOnlyList<(GraphWeight Weight, GraphWeight Bias)> layers)
        : base((int)layers[0].Weight.Shape[1], (int)layers.Sum(layer => layer.Weight.Shape[0]))
    {
        _bias = [.. layers.SelectMany(layer => layer.Bias.ToSingles())];
        _weight = new AlignedMemory<float>(Panels.Size(Inputs, Outputs));
        if (layers is [var (weight, _)])
        {
            using var pin = weight.Elements.Pin();
            Panels.PackTransposed((float*)pin.Pointer, Inputs, Inputs, Outputs, _weight.Pointer);
            return;
        }

        fixed (float* sideBySide = layers.SelectMany(layer => layer.Weight.ToSingles()).ToArray())
        {
            Panels.PackTransposed(sideBySide, Inputs, Inputs, Outputs, _weight.Pointer);
        }
    }

    public override void Apply(States input, States output, int rows, RowOperation? operation, Workspace workspace, Team team)
    {
        output.Reserve(rows);
        for (var start = 0; start < rows; start += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, rows - start);
            var left = input.Floats + start * input.Stride;
            var product = output.Floats + start * output.Stride;
            team.Share(Panels.Count(Outputs), (from, to) =>
                Panels.Multiply(left, input.Stride, count, _weight.Pointer, Inputs, Outputs, product, output.Stride, from, to));
            var first = start;
            team.Share(count, (from, to) =>
            {
                for (var row = first + from; row < first + to; row++)
                {
                    var values = output.Row(row);
                    Add(_bias, values);
                    operation?.Invoke(values, row);
                }
            });
        }
    }

    public override void Dispose() => _weight.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float[] bias, Span<float> values)
    {
        fixed (float* source = bias, target = values)
        {
            var index = 0;
            for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                (Vector.Load(target + index) + Vector.Load(source + index)).Store(target + index);
            }

            for (; index < values.Length; index++)
            {
                target[index] += source[index];
            }
        }
    }
}
