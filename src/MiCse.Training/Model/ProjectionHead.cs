using MiCse.Models;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>
/// The head that SimCSE and miCSE put on the sentence embedding during training: tanh(x·Wᵀ + b). At inference it is left out.
/// </summary>
internal sealed class ProjectionHead : nn.Module
{
    private readonly Dense _dense;

    static ProjectionHead() => LibTorch.Load();

    /// <summary>A head with fresh weights.</summary>
    /// <param name="config">The encoder's configuration.</param>
    /// <param name="precision">In which numbers the layer multiplies.</param>
    public ProjectionHead(EncoderShape config, Precision precision = Precision.Float32)
        : base(nameof(ProjectionHead))
    {
        ArgumentNullException.ThrowIfNull(config);
        _dense = new Dense(this, WeightNames.ProjectionHead, config.HiddenSize, config.HiddenSize, config, precision);
    }

    /// <summary>[sequences, hidden] → [sequences, hidden]</summary>
    public Tensor Forward(Tensor embeddings)
    {
        using var linear = _dense.Forward(embeddings);
        return linear.tanh();
    }
}
