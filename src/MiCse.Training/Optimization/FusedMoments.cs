using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>Moments of a parameter on the CPU, updated in one pass over memory.</summary>
internal sealed class FusedMoments(long length) : IAdamWMoments
{
    /// <summary>The array itself.</summary>
    public float[] First { get; } = new float[length];

    /// <summary>The array itself.</summary>
    public float[] Second { get; } = new float[length];

    public void Update(Tensor parameter, Tensor gradient, in AdamWCoefficients coefficients)
    {
        var (values, gradients, step) = (new TensorElements(parameter), new TensorElements(gradient), coefficients);
        values.ForEachChunk(chunk =>
        {
            var elements = values.Chunk(chunk);
            var range = new Range(chunk * TensorElements.ChunkLength, (chunk * TensorElements.ChunkLength) + elements.Length);
            Update(elements, gradients.Chunk(chunk), First.AsSpan(range), Second.AsSpan(range), step);
        });
    }

    public void Restore(float[] first, float[] second)
    {
        first.CopyTo(First, 0);
        second.CopyTo(Second, 0);
    }

    public void Dispose()
    {
        // Arrays of this process.
    }

    private static void Update(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, in AdamWCoefficients coefficients)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var firstVectors = MemoryMarshal.Cast<float, Vector<float>>(first);
        var secondVectors = MemoryMarshal.Cast<float, Vector<float>>(second);
        for (var i = 0; i < vectors.Length; i++)
        {
            var gradient = gradientVectors[i];
            var m = firstVectors[i] + ((gradient - firstVectors[i]) * coefficients.FirstRate);
            var v = (secondVectors[i] * coefficients.SecondKept) + (gradient * coefficients.SecondRate * gradient);
            var denominator = (Vector.SquareRoot(v) / new Vector<float>(coefficients.SecondCorrection)) + new Vector<float>(coefficients.Epsilon);
            (firstVectors[i], secondVectors[i]) = (m, v);
            vectors[i] = (vectors[i] * coefficients.ParameterKept) + (m / denominator * coefficients.NegativeRate);
        }

        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var gradient = gradients[i];
            first[i] += (gradient - first[i]) * coefficients.FirstRate;
            second[i] = (second[i] * coefficients.SecondKept) + (gradient * coefficients.SecondRate * gradient);
            var denominator = (MathF.Sqrt(second[i]) / coefficients.SecondCorrection) + coefficients.Epsilon;
            values[i] = (values[i] * coefficients.ParameterKept) + (first[i] / denominator * coefficients.NegativeRate);
        }
    }
}
