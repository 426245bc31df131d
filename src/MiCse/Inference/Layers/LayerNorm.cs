using System.Numerics.Tensors;

namespace MiCse.Inference.Layers;

/// <summary>(x − mean) / √(variance + ε) · weight + bias. Thread-safe.</summary>
internal sealed class LayerNorm(GraphWeight weight, GraphWeight bias, double epsilon)
{
    private readonly float[] _weight = weight.ToSingles();
    private readonly float[] _bias = bias.ToSingles();
    private readonly float _epsilon = (float)epsilon;

    /// <summary>Normalises a vector in place.</summary>
    public void Apply(Span<float> values)
    {
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum<float>(values) / values.Length, values);
        var variance = TensorPrimitives.SumOfSquares<float>(values) / values.Length;
        TensorPrimitives.Multiply(values, 1 / MathF.Sqrt(variance + _epsilon), values);
        TensorPrimitives.MultiplyAdd(values, _weight, _bias, values);
    }

    /// <summary>Adds a vector, then normalises.</summary>
    public void Apply(Span<float> values, ReadOnlySpan<float> residual)
    {
        TensorPrimitives.Add(values, residual, values);
        Apply(values);
    }
}
