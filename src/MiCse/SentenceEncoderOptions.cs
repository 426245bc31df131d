using MiCse.Inference;

namespace MiCse;

/// <summary>How a <see cref="SentenceEncoder"/> runs.</summary>
public sealed record SentenceEncoderOptions
{
    /// <summary>The pooling; null takes what the model folder says, else miCSE's <see cref="Inference.Pooling.ClsBeforePooler"/>.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Longest sequence in tokens, special tokens included; null takes what the model folder allows.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Processor threads; null takes all.</summary>
    public int? Threads { get; init; }
}
