using MiCse.Numerics;
using MiCse.Tensors;

namespace MiCse.Inference.Layers;

/// <summary>A linear layer in float32.</summary>
internal sealed unsafe class FloatLinear : Linear
{
    private readonly AlignedMemory<float> _weight;
    private readonly AlignedMemory<float> _bias;

    /// <summary>Packs weights [out, in] and biases [out], null for 0; several layers with the same input become one, their outputs side by side.</summary>
    public FloatLinear(IReadOnlyList<(Tensor Weight, Tensor? Bias)> layers)
        : base((int)layers[0].Weight.Shape[1], (int)layers.Sum(layer => layer.Weight.Shape[0]))
    {
        _bias = new AlignedMemory<float>(Panels.Padded(Outputs));
        layers.SelectMany(layer => layer.Bias?.ToSingles() ?? new float[layer.Weight.Shape[0]]).ToArray().CopyTo(new Span<float>(_bias.Pointer, Outputs));
        _weight = new AlignedMemory<float>(Panels.Size(Inputs, Outputs));
        if (layers is [var (weight, _)])
        {
            using var pin = weight.Memory.Pin();
            Panels.PackTransposed((float*)pin.Pointer, Inputs, Inputs, Outputs, _weight.Pointer);
            return;
        }

        fixed (float* sideBySide = layers.SelectMany(layer => layer.Weight.ToSingles()).ToArray())
        {
            Panels.PackTransposed(sideBySide, Inputs, Inputs, Outputs, _weight.Pointer);
        }
    }

    public override void Apply(Activations input, Activations output, int rows, RowOperation? operation, Workspace workspace, Team team)
    {
        output.Reserve(rows);
        team.Share(Panels.Count(Outputs), (from, to) => Panels.Multiply(
            input.Floats, input.Stride, rows, _weight.Pointer, Inputs, Outputs, _bias.Pointer, output.Floats, output.Stride, from, to));
        if (operation is not null)
        {
            team.Share(rows, (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    operation(output.Row(row), row);
                }
            });
        }
    }

    public override void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
