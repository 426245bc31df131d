namespace MiCse.Checkpoints;

/// <summary>A checkpoint seen through canonical names (<see cref="WeightNames"/>), complete and of the right shapes.</summary>
public sealed class EncoderWeights
{
    private readonly IReadOnlyDictionary<string, CheckpointTensor> _tensors;

    private EncoderWeights(BertConfig config, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        Config = config;
        _tensors = tensors;
    }

    /// <summary>The shapes the weights were checked against.</summary>
    public BertConfig Config { get; }

    /// <summary>Whether Hugging Face's pooler is there.</summary>
    public bool HasPooler => _tensors.ContainsKey(WeightNames.Pooler.Weight);

    /// <summary>Whether SimCSE's and miCSE's training head is there.</summary>
    public bool HasProjectionHead => _tensors.ContainsKey(WeightNames.ProjectionHead.Weight);

    /// <summary>A tensor by canonical name.</summary>
    public CheckpointTensor this[string canonicalName] => _tensors[canonicalName];

    /// <summary>All tensors by canonical name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors => _tensors;

    /// <summary>Maps names, and checks that every weight is there, floating-point and of the right shape.</summary>
    /// <exception cref="ModelFormatException">Lists every missing and misshapen key (the first ten of each).</exception>
    public static EncoderWeights From(Checkpoint checkpoint, BertConfig config) => throw new NotImplementedException();
}
