using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Training.Native;
using MiCse.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>An encoder on libtorch with the heads of its training: the weights that one optimizer updates. Dispose it at the end.</summary>
internal sealed class TrainableModel : IDisposable
{
    private readonly nn.Module[] _modules;
    private readonly (string Name, Parameter Parameter)[] _all;

    private TrainableModel(EncoderModule encoder, ChainModule? chain, ProjectionHead? projection, MaskedLanguageModelHead? words)
    {
        (Encoder, Chain, Projection, Words) = (encoder, chain, projection, words);
        _modules = [.. new nn.Module?[] { encoder, chain, projection, words }.OfType<nn.Module>()];
        _all = [.. _modules.SelectMany(module => module.named_parameters())];
        Parameters = _all;
    }

    /// <summary>The encoder, in training mode.</summary>
    public EncoderModule Encoder { get; }

    /// <summary>The modules after the pooling; null when there are none, or none that a training changes.</summary>
    public ChainModule? Chain { get; }

    /// <summary>The head on the sentence embedding; null when there is none.</summary>
    public ProjectionHead? Projection { get; }

    /// <summary>The head that predicts masked tokens; null when there is none.</summary>
    public MaskedLanguageModelHead? Words { get; }

    /// <summary>Everything that is trained, under its checkpoint name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; private set; }

    /// <summary>Whether the weights are in the memory of this process, where numbers are read without waiting.</summary>
    public bool IsOnCpu => _all[0].Parameter.IsOnCpu();

    /// <summary>All weights under their checkpoint names, frozen ones too.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> All => _all;

    /// <summary>The weights as they are when they are written, frozen ones too.</summary>
    public IEnumerable<Tensors.Tensor> Weights => _all.Select(named =>
        new Tensors.Tensor(named.Name, TensorType.Float32, named.Parameter.shape, stream => HostMemory.WriteTo(named.Parameter, stream)));

    /// <summary>
    /// Takes the encoder's weights from a checkpoint, and those of the heads where it has them; else a head is initialized from libtorch's generator.
    /// Call it in <see cref="LibTorch.RunExclusively"/>, because modules draw random numbers even where a checkpoint replaces them.
    /// </summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <param name="config">Its shape.</param>
    /// <param name="context">Where the weights are put, and how they are multiplied.</param>
    /// <param name="hiddenDropout">Share of hidden states that are dropped in training, 0 to 1.</param>
    /// <param name="attentionDropout">Share of attention probabilities that are dropped in training, 0 to 1.</param>
    /// <param name="projection">Whether there is a head on the sentence embedding.</param>
    /// <param name="words">Whether there is a head that predicts masked tokens.</param>
    /// <param name="chain">The modules after the pooling, and their weights; null for none.</param>
    /// <exception cref="InvalidOperationException">Not in <see cref="LibTorch.RunExclusively"/>.</exception>
    /// <exception cref="ModelFormatException">The checkpoint does not fit the configuration.</exception>
    public static TrainableModel Load(
        Checkpoint checkpoint,
        EncoderShape config,
        TorchContext context,
        double hiddenDropout,
        double attentionDropout,
        bool projection = false,
        bool words = false,
        (IReadOnlyList<SentenceModule> Modules, IReadOnlyDictionary<string, Tensors.Tensor> Weights)? chain = null)
    {
        if (!LibTorch.IsHeldByThisThread)
        {
            throw new InvalidOperationException("A model is loaded in LibTorch.RunExclusively, because it draws from the generator of the whole process.");
        }

        var weights = EncoderWeights.From(checkpoint, config);
        var encoder = new EncoderModule(config, hiddenDropout, attentionDropout, context.Precision, context.StateType);
        var projectionHead = projection ? new ProjectionHead(config, context.Precision) : null;
        var wordHead = words ? new MaskedLanguageModelHead(config, encoder, context.Precision) : null;
        CheckpointLoading.Load(encoder, weights);
        var chainModule = chain is { } given ? new ChainModule(given.Modules, config, context.Precision) : null;
        if (chainModule is not null)
        {
            CheckpointLoading.Load(chainModule, chain!.Value.Weights);
        }

        if (projectionHead is not null && weights.HasProjectionHead)
        {
            CheckpointLoading.Load(projectionHead, weights);
        }

        if (wordHead is not null && MaskedLanguageModelWeights.Find(checkpoint, config) is { } published)
        {
            CheckpointLoading.Load(wordHead, published);
        }

        context.Place(encoder);
        return new TrainableModel(
            encoder,
            chainModule is null ? null : context.Place(chainModule),
            projectionHead is null ? null : context.Place(projectionHead),
            wordHead is null ? null : context.Place(wordHead));
    }

    /// <summary>Leaves weights as they are in training.</summary>
    /// <param name="prefixes">Beginnings of their names.</param>
    /// <exception cref="ArgumentException">No weight's name begins like one of them, or none is left to train.</exception>
    public void Freeze(IReadOnlyList<string> prefixes)
    {
        if (prefixes.FirstOrDefault(prefix => !_all.Any(named => Begins(named.Name, prefix))) is { } unknown)
        {
            throw new ArgumentException($"No weight's name begins with \"{unknown}\", so it cannot be frozen; names are those of the checkpoint, such as embeddings.position_embeddings or encoder.layer.0.");
        }

        Parameters = [.. _all.Where(named => !prefixes.Any(prefix => Begins(named.Name, prefix)))];
        if (Parameters.Count == 0)
        {
            throw new ArgumentException("Every weight is frozen: there is nothing to train.");
        }

        foreach (var (_, parameter) in _all.Except(Parameters))
        {
            parameter.requires_grad = false;
        }

        // "encoder.layer.1" is not the beginning of "encoder.layer.10.…".
        static bool Begins(string name, string prefix) => name == prefix || name.StartsWith(prefix.TrimEnd('.') + ".", StringComparison.Ordinal);
    }

    /// <summary>Restores what <see cref="Weights"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, Tensors.Tensor> weights)
    {
        foreach (var module in _modules)
        {
            CheckpointLoading.Load(module, weights);
        }
    }

    /// <summary>A copy of the weights of the encoder and the modules after its pooling, without the heads.</summary>
    public IReadOnlyList<Tensors.Tensor> CopyEncoder() => [.. CheckpointLoading.Export(Chain is null ? [Encoder] : [Encoder, Chain])];

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ClearGradients()
    {
        foreach (var module in _modules)
        {
            module.zero_grad();
        }
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        foreach (var module in _modules)
        {
            module.Dispose();
        }
    }
}
