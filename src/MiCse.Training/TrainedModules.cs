using MiCse.Tensors;
using MiCse.Training.Model;
using Tensor = MiCse.Tensors.Tensor;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training;

/// <summary>An encoder with the heads of its training: the weights that one optimiser moves.</summary>
internal sealed class TrainedModules : IDisposable
{
    private readonly IReadOnlyList<nn.Module> _modules;
    private readonly IReadOnlyList<(string Name, Parameter Parameter)> _all;

    /// <param name="modules">The encoder and its heads.</param>
    /// <param name="frozen">Beginnings of the names of weights that stay as they are.</param>
    /// <exception cref="ArgumentException">No weight begins like one of them, or none is left to train.</exception>
    public TrainedModules(IReadOnlyList<nn.Module> modules, IReadOnlyList<string>? frozen = null)
    {
        _modules = modules;
        _all = [.. modules.SelectMany(module => module.named_parameters())];
        var beginnings = frozen ?? [];
        if (beginnings.FirstOrDefault(beginning => !_all.Any(named => Begins(named.Name, beginning))) is { } unknown)
        {
            throw new ArgumentException($"No weight's name begins with \"{unknown}\", so it cannot be frozen; names are those of the checkpoint, such as embeddings.position_embeddings or encoder.layer.0.");
        }

        Parameters = [.. _all.Where(named => !beginnings.Any(beginning => Begins(named.Name, beginning)))];
        if (Parameters.Count == 0)
        {
            throw new ArgumentException("Every weight is frozen: there is nothing to train.");
        }

        foreach (var (_, parameter) in _all.Except(Parameters))
        {
            parameter.requires_grad = false;
        }

        // "encoder.layer.1" is not the beginning of "encoder.layer.10.…".
        static bool Begins(string name, string beginning) => name == beginning || name.StartsWith(beginning.TrimEnd('.') + ".", StringComparison.Ordinal);
    }

    /// <summary>Everything that is trained, under its checkpoint name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>The weights as they are when they are written, frozen ones too.</summary>
    public IEnumerable<Tensor> Weights => _all.Select(named =>
        new Tensor(named.Name, TensorType.Float32, named.Parameter.shape, stream => stream.Write(named.Parameter.bytes)));

    /// <summary>Puts back what <see cref="Weights"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> weights)
    {
        foreach (var module in _modules)
        {
            CheckpointLoading.Load(module, weights);
        }
    }

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ClearGradients()
    {
        foreach (var module in _modules)
        {
            module.zero_grad();
        }
    }

    public void Dispose()
    {
        foreach (var module in _modules)
        {
            module.Dispose();
        }
    }
}
