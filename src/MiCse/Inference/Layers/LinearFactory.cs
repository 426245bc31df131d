using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>Makes linear layers of an encoder.</summary>
/// <param name="weights">Its weights.</param>
/// <param name="precision">The precision of their matrix multiplications.</param>
/// <param name="threads">How many threads may share a matrix multiplication.</param>
internal sealed class LinearFactory(GraphWeights weights, EncoderPrecision precision, int threads)
{
    /// <summary>Where the inputs of the layers are measured, in float32; null: they are not.</summary>
    public InputStatistics? Statistics { get; init; }

    /// <summary>A layer, or several with the same input as one, their outputs side by side.</summary>
    public Linear Create(params ReadOnlySpan<WeightNames.Affine> names)
    {
        var layers = names.ToArray();
        Linear linear = precision == EncoderPrecision.Int8
            ? new QuantizedLinear([.. layers.Select(name => (weights.RightHandMatrix(name.Weight), weights.Bias(name)))], threads)
            : new FloatLinear([.. layers.Select(name => weights.Stored(name.Weight))], [.. layers.Select(weights.Bias)]);
        return Statistics is null ? linear : new MeasuredLinear(linear, Statistics.Add([.. layers.Select(name => name.Weight)], linear.Inputs));
    }
}
