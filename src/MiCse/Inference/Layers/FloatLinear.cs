using MiCse.Numerics;
using MiCse.Tensors;

namespace MiCse.Inference.Layers;

/// <summary>A linear layer in float32.</summary>
internal sealed unsafe class FloatLinear : Linear
{
    private readonly AlignedMemory<float> _weight;
    private readonly AlignedMemory<float> _bias;

    /// <summary>Packs weights [out, in] and biases [out], null for 0; several layers with the same input become one, their outputs side by side.</summary>
    public FloatLinear(Tensor[] weights, Tensor?[] biases)
        : base((int)weights[0].Shape[1], Rows(weights))
    {
        _bias = new AlignedMemory<float>(Panels.Padded(Outputs));
        var start = 0;
        for (var layer = 0; layer < weights.Length; layer++)
        {
            var rows = (int)weights[layer].Shape[0];
            biases[layer]?.CopyTo(new Span<float>(_bias.Pointer + start, rows));
            start += rows;
        }

        _weight = AlignedMemory<float>.Uninitialized(Panels.Size(Inputs, Outputs));
        Pack(weights);
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

    private static int Rows(Tensor[] weights)
    {
        var rows = 0;
        foreach (var weight in weights)
        {
            rows += (int)weight.Shape[0];
        }

        return rows;
    }

    /// <summary>Packs a group of columns at a time, converted while they are in the cache.</summary>
    private void Pack(Tensor[] weights)
    {
        var rows = new float[TileKernel.WideColumns * Inputs];
        fixed (float* source = rows)
        {
            var (layer, row) = (0, 0);
            for (var start = 0; start < Outputs; start += TileKernel.WideColumns)
            {
                var count = Math.Min(TileKernel.WideColumns, Outputs - start);
                if (weights[layer].Type == TensorType.Float16 && row + count <= weights[layer].Shape[0])
                {
                    fixed (byte* halves = weights[layer].Bytes)
                    {
                        Panels.PackTransposed((Half*)halves + (long)row * Inputs, Inputs, Inputs, count, _weight.Pointer + (long)start * Inputs);
                    }

                    row += count;
                    if (row == weights[layer].Shape[0])
                    {
                        (layer, row) = (layer + 1, 0);
                    }

                    continue;
                }

                for (var filled = 0; filled < count;)
                {
                    var taken = Math.Min(count - filled, (int)weights[layer].Shape[0] - row);
                    weights[layer].CopyTo(row * Inputs, rows.AsSpan(filled * Inputs, taken * Inputs));
                    (filled, row) = (filled + taken, row + taken);
                    if (row == weights[layer].Shape[0])
                    {
                        (layer, row) = (layer + 1, 0);
                    }
                }

                Panels.PackTransposed(source, Inputs, Inputs, count, _weight.Pointer + (long)start * Inputs);
            }
        }
    }
}
