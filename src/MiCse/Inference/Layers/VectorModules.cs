using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Inference.Layers;

/// <summary>
/// The modules of a chain, which change one vector after the other. A row depends on that row alone, and its sums have one order. Thread-safe.
/// </summary>
/// <param name="modules">The modules, in their order.</param>
/// <param name="weights">Their weights.</param>
internal sealed class VectorModules(IReadOnlyList<SentenceModule> modules, IReadOnlyDictionary<string, Tensor> weights)
{
    private readonly Step[] _steps = [.. modules.Select(module => StepOf(module, weights))];

    private delegate float[] Step(float[] vector);

    /// <summary>Whether vectors stay as they are.</summary>
    public bool IsEmpty => _steps.Length == 0;

    /// <summary>Changes the vectors of a batch.</summary>
    /// <param name="vectors">[texts, size]</param>
    /// <param name="embeddings">[texts, size after the modules]</param>
    /// <param name="count">How many texts there are.</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(float[] vectors, float[] embeddings, int count, Team team)
    {
        var (before, after) = (vectors.Length / count, embeddings.Length / count);
        team.Share(count, (from, to) =>
        {
            for (var text = from; text < to; text++)
            {
                var vector = _steps.Aggregate(vectors[(text * before)..((text + 1) * before)], (current, step) => step(current));
                vector.CopyTo(embeddings, text * after);
            }
        });
    }

    /// <summary>Scales a vector to length 1.</summary>
    public static void Normalize(Span<float> vector) =>
        TensorPrimitives.Divide(vector, MathF.Max(TensorPrimitives.Norm<float>(vector), PoolingConstants.LeastNorm), vector);

    private static Step StepOf(SentenceModule module, IReadOnlyDictionary<string, Tensor> weights) => module switch
    {
        DenseModule dense => Dense(dense, weights),
        LayerNormModule norm => Norm(new LayerNorm(weights[norm.Norm.Weight], weights[norm.Norm.Bias], PoolingConstants.LayerNormEpsilon)),
        NormalizeModule => InPlace(vector => Normalize(vector)),
        DropoutModule => vector => vector,
        TruncationModule { Size: var size } => vector => vector.Length <= size ? vector : vector[..size],
        _ => throw new ArgumentOutOfRangeException(nameof(module), module, "Not a module."),
    };

    private static Step InPlace(Action<float[]> change) => vector =>
    {
        change(vector);
        return vector;
    };

    private static Step Norm(LayerNorm norm) => InPlace(vector => norm.Apply(vector, new float[vector.Length]));

    private static Step Dense(DenseModule dense, IReadOnlyDictionary<string, Tensor> weights)
    {
        var weight = weights[dense.Linear.Weight].ToSingles();
        var bias = dense.HasBias ? weights[dense.Linear.Bias].ToSingles() : null;
        return vector =>
        {
            var output = new float[dense.Outputs];
            for (var index = 0; index < output.Length; index++)
            {
                output[index] = TensorPrimitives.Dot(weight.AsSpan(index * dense.Inputs, dense.Inputs), vector) + (bias is null ? 0 : bias[index]);
            }

            Activate(dense.Activation, output);
            return output;
        };
    }

    private static void Activate(DenseActivation activation, float[] values)
    {
        switch (activation)
        {
            case DenseActivation.Identity:
                break;
            case DenseActivation.Tanh:
                TensorPrimitives.Tanh(values, values);
                break;
            case DenseActivation.ReLU:
                TensorPrimitives.Max(values, 0f, values);
                break;
            case DenseActivation.GELU:
                Gelu.Apply(values);
                break;
            case DenseActivation.SiLU:
                var gates = new float[values.Length];
                TensorPrimitives.Sigmoid(values, gates);
                TensorPrimitives.Multiply(values, gates, values);
                break;
            case DenseActivation.Sigmoid:
                TensorPrimitives.Sigmoid(values, values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation.");
        }
    }
}
