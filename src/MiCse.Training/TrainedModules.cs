using MiCse.Checkpoints;
using MiCse.Training.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training;

/// <summary>An encoder with the heads of its training: the weights that one optimiser moves.</summary>
internal sealed class TrainedModules(params IReadOnlyList<nn.Module> modules) : IDisposable
{
    /// <summary>Everything that is trained, under its checkpoint name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; } = [.. modules.SelectMany(module => module.named_parameters())];

    /// <summary>The weights as they are when they are written.</summary>
    public IEnumerable<TensorContent> Weights => Parameters.Select(named =>
        new TensorContent(named.Name, TensorType.Float32, named.Parameter.shape, stream => stream.Write(named.Parameter.bytes)));

    /// <summary>Puts back what <see cref="Weights"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, CheckpointTensor> weights)
    {
        foreach (var module in modules)
        {
            CheckpointLoading.Load(module, weights);
        }
    }

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ClearGradients()
    {
        foreach (var module in modules)
        {
            module.zero_grad();
        }
    }

    public void Dispose()
    {
        foreach (var module in modules)
        {
            module.Dispose();
        }
    }
}
