using System.Numerics;
using System.Runtime.CompilerServices;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>(x − mean) / √(variance + ε) · weight + bias. Thread-safe.</summary>
/// <param name="weight">[width]</param>
/// <param name="bias">[width]; null is 0.</param>
/// <param name="epsilon">ε</param>
internal sealed unsafe class LayerNorm(Tensor weight, Tensor? bias, double epsilon)
{
    private readonly float[] _weight = weight.ToSingles();
    private readonly float[] _bias = bias?.ToSingles() ?? new float[weight.ElementCount];
    private readonly float[] _nothing = new float[weight.ElementCount];
    private readonly float _epsilon = (float)epsilon;

    /// <summary>The LayerNorm of this name.</summary>
    public static LayerNorm From(GraphWeights weights, WeightNames.Affine names) =>
        new(weights.Float(names.Weight), weights.Bias(names), weights.Config.LayerNormEpsilon);

    /// <summary>Normalises in place.</summary>
    public void Apply(Span<float> values) => Apply(values, _nothing);

    /// <summary>Normalises a vector into a row, and completes it.</summary>
    public void Apply(ReadOnlySpan<float> values, Activations normalized, int row)
    {
        var target = normalized.Row(row);
        values.CopyTo(target);
        Apply(target);
        normalized.Complete(row, target);
    }

    /// <summary>Adds a vector, then normalises in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(Span<float> values, ReadOnlySpan<float> residual)
    {
        var (length, lanes) = (values.Length, Vector<float>.Count);
        var whole = length - length % (2 * lanes);
        fixed (float* x = values, added = residual, scale = _weight, shift = _bias)
        {
            // Two sums, since an addition waits for the one before.
            Vector<float> first = default, second = default;
            for (var i = 0; i < whole; i += 2 * lanes)
            {
                var (left, right) = (Vector.Load(x + i) + Vector.Load(added + i), Vector.Load(x + i + lanes) + Vector.Load(added + i + lanes));
                left.Store(x + i);
                right.Store(x + i + lanes);
                (first, second) = (first + left, second + right);
            }

            var mean = Vector.Sum(first + second);
            for (var i = whole; i < length; i++)
            {
                x[i] += added[i];
                mean += x[i];
            }

            mean /= length;
            (first, second) = (default, default);
            for (var i = 0; i < whole; i += 2 * lanes)
            {
                var (left, right) = (Vector.Load(x + i) - new Vector<float>(mean), Vector.Load(x + i + lanes) - new Vector<float>(mean));
                (first, second) = (first + left * left, second + right * right);
            }

            var variance = Vector.Sum(first + second);
            for (var i = whole; i < length; i++)
            {
                variance += (x[i] - mean) * (x[i] - mean);
            }

            var factor = 1 / MathF.Sqrt(variance / length + _epsilon);
            for (var i = 0; i < whole; i += lanes)
            {
                var normalized = (Vector.Load(x + i) - new Vector<float>(mean)) * factor;
                (normalized * Vector.Load(scale + i) + Vector.Load(shift + i)).Store(x + i);
            }

            for (var i = whole; i < length; i++)
            {
                x[i] = (x[i] - mean) * factor * scale[i] + shift[i];
            }
        }
    }
}
