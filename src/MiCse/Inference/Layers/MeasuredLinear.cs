using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>A linear layer in float32 whose input is measured.</summary>
/// <param name="linear">The layer; disposed with this one.</param>
/// <param name="statistics">What is found.</param>
internal sealed class MeasuredLinear(Linear linear, LinearInput statistics) : Linear(linear.Inputs, linear.Outputs)
{
    public override void Apply(Activations input, Activations output, int rows, RowOperation? operation, Workspace workspace, Team team)
    {
        for (var row = 0; row < rows; row++)
        {
            // A gated vector takes the place of the first half of a wider one.
            statistics.Add(input.Row(row)[..Inputs], team);
        }

        linear.Apply(input, output, rows, operation, workspace, team);
    }

    public override void Dispose() => linear.Dispose();
}
