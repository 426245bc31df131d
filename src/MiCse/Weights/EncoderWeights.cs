using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>A checkpoint seen through canonical names (<see cref="WeightNames"/>), complete and of the right shapes.</summary>
internal sealed class EncoderWeights
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;

    private EncoderWeights(EncoderShape config, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        Config = config;
        Source = source;
        _tensors = tensors;
    }

    /// <summary>The shapes the weights were checked against.</summary>
    public EncoderShape Config { get; }

    /// <summary>The file or folder that messages name.</summary>
    internal string Source { get; }

    /// <summary>Whether Hugging Face's pooler is there.</summary>
    public bool HasPooler => _tensors.ContainsKey(WeightNames.Pooler.Weight);

    /// <summary>Whether SimCSE's and miCSE's training head is there.</summary>
    public bool HasProjectionHead => _tensors.ContainsKey(WeightNames.ProjectionHead.Weight);

    /// <summary>A tensor by canonical name.</summary>
    public Tensor this[string canonicalName] => _tensors[canonicalName];

    /// <summary>All tensors by canonical name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>Maps names, and checks that every weight is there, floating-point and of the right shape. No data is copied.</summary>
    /// <exception cref="ModelFormatException">Lists every missing, misshapen and superfluous key (the first ten of each).</exception>
    public static EncoderWeights From(Checkpoint checkpoint, EncoderShape config)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        try
        {
            return From(checkpoint.Tensors, config, checkpoint.Path, checkpoint.HasCanonicalNames ? WeightMap.Identity : config.Family.NamesOf(config));
        }
        catch (ModelFormatException failure) when (checkpoint.Unread.Count > 0)
        {
            var unread = Offenders.Describe([.. checkpoint.Unread.Select(tensor => $"{tensor.Key}: {tensor.Value}")], "tensor", "is", "are");
            throw new ModelFormatException(
                checkpoint.Path, $"{failure.Message[(checkpoint.Path.Length + 2)..]}; {unread} of a type that is not read: save the model in float32", failure);
        }
    }

    /// <summary>The same for tensors from several checkpoints, such as an encoder and a head that were saved apart.</summary>
    /// <param name="tensors">Tensors by the names their files spell.</param>
    /// <param name="config">What they must fit.</param>
    /// <param name="source">The file or folder that messages name.</param>
    /// <exception cref="ModelFormatException">Lists every missing, misshapen and superfluous key (the first ten of each).</exception>
    public static EncoderWeights From(IReadOnlyDictionary<string, Tensor> tensors, EncoderShape config, string source) =>
        From(tensors, config, source, config.Family.NamesOf(config));

    private static EncoderWeights From(IReadOnlyDictionary<string, Tensor> tensors, EncoderShape config, string source, WeightMap names)
    {
        var canonical = new CheckpointNames(names).Canonical(source, tensors);
        var problems = new EncoderWeightsCheck(canonical, config, names).Problems();
        return problems.Count == 0
            ? new EncoderWeights(config, canonical, source)
            : throw new ModelFormatException(source, "does not fit config.json: " + string.Join("; ", problems));
    }
}
