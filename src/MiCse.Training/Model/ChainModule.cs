using MiCse.Models;
using MiCse.Training.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>The modules of a chain on tensors. Its state dict has the canonical names of their weights.</summary>
internal sealed class ChainModule : nn.Module
{
    private readonly Func<Tensor, Tensor>[] _steps;

    static ChainModule() => LibTorch.Load();

    /// <summary>Modules with fresh weights, in training mode.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="config">The encoder's configuration.</param>
    /// <param name="precision">In which numbers linear layers multiply.</param>
    public ChainModule(IReadOnlyList<SentenceModule> modules, EncoderShape config, Precision precision = Precision.Float32)
        : base(nameof(ChainModule)) => _steps = [.. modules.Select(module => StepOf(module, config, precision))];

    /// <summary>Whether a chain has weights of its own, so that a training must compute and train its modules. The scaling to length 1 alone changes no cosine.</summary>
    public static bool IsTrained(EmbeddingChain chain) => chain.Weights.Any();

    /// <summary>[sequences, size] → [sequences, size after the modules]</summary>
    public Tensor Forward(Tensor vectors) => _steps.Aggregate(vectors, (current, step) => step(current));

    private Func<Tensor, Tensor> StepOf(SentenceModule module, EncoderShape config, Precision precision)
    {
        switch (module)
        {
            case DenseModule dense:
                var linear = new Dense(this, dense.Linear, dense.Inputs, dense.Outputs, config, precision, dense.HasBias);
                return vectors => Activate(dense.Activation, linear.Forward(vectors));
            case LayerNormModule norm:
                var layer = nn.LayerNorm(norm.Size, PoolingConstants.LayerNormEpsilon);
                StateDict.Register(this, norm.Norm.Module, layer);
                return vectors => Norm(layer, norm.Size, vectors);
            case NormalizeModule:
                return vectors => vectors / vectors.norm(1, keepdim: true).clamp_min(PoolingConstants.LeastNorm);
            case DropoutModule dropout:
                return vectors => dropout.Rate == 0 ? vectors : nn.functional.dropout(vectors, dropout.Rate, training);
            case TruncationModule truncation:
                return vectors => vectors.narrow(1, 0, Math.Min(truncation.Size, vectors.shape[1]));
            default:
                throw new ArgumentOutOfRangeException(nameof(module), module, "Not a module.");
        }
    }

    // Weight and bias apart, as in Norm, so that gradients do not depend on the number of threads.
    private static Tensor Norm(LayerNorm layer, long size, Tensor vectors)
    {
        using var normalized = nn.functional.layer_norm(vectors, [size], eps: PoolingConstants.LayerNormEpsilon);
        return addcmul(layer.bias!, normalized, layer.weight!, 1);
    }

    private static Tensor Activate(DenseActivation activation, Tensor values) => activation switch
    {
        DenseActivation.Identity => values,
        DenseActivation.Tanh => values.tanh(),
        DenseActivation.ReLU => values.relu(),
        DenseActivation.GELU => nn.functional.gelu(values),
        DenseActivation.SiLU => values * values.sigmoid(),
        DenseActivation.Sigmoid => values.sigmoid(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };
}
