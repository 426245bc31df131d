using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp.Modules;

namespace MiCse.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101), element for element as <c>torch.optim.AdamW</c>:
/// <code>
/// p ← p · (1 - rate · decay)
/// m ← m + (1 - β1)(g - m)
/// v ← β2 · v + (1 - β2) g²
/// p ← p - rate / (1 - β1ᵗ) · m / (√v / √(1 - β2ᵗ) + ε)
/// </code>
/// In one pass over memory, where libtorch needs ten. Its whole state can be taken out and put back, so that training resumes to the same bits.
/// Not thread-safe; works on float32 parameters on the CPU.
/// </summary>
public sealed class AdamW
{
    private readonly List<Slot> _slots;
    private readonly double _weightDecay;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <summary>An optimiser before its first step.</summary>
    /// <param name="parameters">What is optimised, as <c>named_parameters()</c> gives it; no parameter twice.</param>
    /// <param name="weightDecay">Decay of weight matrices and embeddings; biases and LayerNorm weights never decay.</param>
    /// <param name="beta1">β1.</param>
    /// <param name="beta2">β2.</param>
    /// <param name="epsilon">ε.</param>
    public AdamW(
        IEnumerable<(string name, Parameter parameter)> parameters,
        double weightDecay = 0,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _slots = [.. parameters.Select(named => new Slot(named.name, named.parameter))];
        (_weightDecay, _beta1, _beta2, _epsilon) = (weightDecay, beta1, beta2, epsilon);
    }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The moments by name: the parameter's, with <c>.first_moment</c> or <c>.second_moment</c> behind it. The arrays are the
    /// optimiser's own, and change with the next step.
    /// </summary>
    public IEnumerable<KeyValuePair<string, float[]>> Moments => _slots.SelectMany(slot => new KeyValuePair<string, float[]>[]
    {
        new(slot.FirstName, slot.First),
        new(slot.SecondName, slot.Second),
    });

    /// <summary>Takes one step along the gradients. Parameters without a gradient are left alone.</summary>
    /// <param name="learningRate">The rate of this step.</param>
    public void Step(double learningRate)
    {
        Steps++;
        var coefficients = new Coefficients(
            (float)(1 - _beta1),
            (float)_beta2,
            (float)(1 - _beta2),
            (float)Math.Sqrt(1 - Math.Pow(_beta2, Steps)),
            (float)_epsilon,
            (float)(-learningRate / (1 - Math.Pow(_beta1, Steps))));
        foreach (var slot in _slots)
        {
            using var gradient = slot.Parameter.grad;
            if (gradient is null)
            {
                continue;
            }

            var decays = slot.Parameter.dim() > 1;
            var kept = decays ? (float)(1 - (learningRate * _weightDecay)) : 1;
            var (values, slopes) = (new TensorElements(slot.Parameter), new TensorElements(gradient));
            values.ForEachChunk(chunk =>
            {
                var elements = values.Chunk(chunk);
                var range = new Range(chunk * TensorElements.ChunkLength, (chunk * TensorElements.ChunkLength) + elements.Length);
                Update(elements, slopes.Chunk(chunk), slot.First.AsSpan(range), slot.Second.AsSpan(range), kept, coefficients);
            });
        }
    }

    /// <summary>Continues from an earlier optimiser's state.</summary>
    /// <param name="steps">Its <see cref="Steps"/>.</param>
    /// <param name="moments">Its <see cref="Moments"/>.</param>
    /// <exception cref="ArgumentException">Moments are missing or of another length; lists the first ten.</exception>
    public void Resume(long steps, IReadOnlyDictionary<string, float[]> moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        var unfit = Moments
            .Where(own => !moments.TryGetValue(own.Key, out var saved) || saved.Length != own.Value.Length)
            .Select(own => $"{own.Key} ({own.Value.Length})")
            .ToList();
        if (unfit.Count > 0)
        {
            throw new ArgumentException(
                $"{unfit.Count} moments are missing or not of this length: {string.Join("; ", unfit.Take(10))}.", nameof(moments));
        }

        Steps = steps;
        foreach (var (name, own) in Moments)
        {
            moments[name].CopyTo(own, 0);
        }
    }

    private static void Update(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float kept, in Coefficients coefficients)
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
            vectors[i] = (vectors[i] * kept) + (m / denominator * coefficients.NegativeRate);
        }

        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var gradient = gradients[i];
            first[i] += (gradient - first[i]) * coefficients.FirstRate;
            second[i] = (second[i] * coefficients.SecondKept) + (gradient * coefficients.SecondRate * gradient);
            var denominator = (MathF.Sqrt(second[i]) / coefficients.SecondCorrection) + coefficients.Epsilon;
            values[i] = (values[i] * kept) + (first[i] / denominator * coefficients.NegativeRate);
        }
    }

    private sealed class Slot(string name, Parameter parameter)
    {
        public Parameter Parameter => parameter;

        public string FirstName { get; } = name + ".first_moment";

        public string SecondName { get; } = name + ".second_moment";

        public float[] First { get; } = new float[parameter.numel()];

        public float[] Second { get; } = new float[parameter.numel()];
    }

    private readonly record struct Coefficients(
        float FirstRate, float SecondKept, float SecondRate, float SecondCorrection, float Epsilon, float NegativeRate);
}
