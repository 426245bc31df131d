using MiCse.Hub;
using MiCse.Models;

namespace MiCse;

/// <summary>How a <see cref="SentenceEncoder"/> runs.</summary>
public sealed record SentenceEncoderOptions
{
    /// <summary>The pooling; null takes what the model folder says, else miCSE's <see cref="Models.Pooling.ClsBeforePooler"/>.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Longest sequence in tokens, special tokens included; null takes what the model folder allows.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>What is multiplied; null takes float32 where the model folder has float weights, else what it has.</summary>
    public EncoderPrecision? Precision { get; init; }

    /// <summary>How many processor threads compute at a time, over all calls; null takes all. Embeddings do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Where models on the Hugging Face Hub are fetched from and kept; null takes the environment's variables, see <see cref="HubOptions.FromEnvironment"/>.</summary>
    public HubOptions? Hub { get; init; }

    /// <summary>What embeddings of <see cref="Microsoft.Extensions.AI.IEmbeddingGenerator"/> take the time of their creation from; null leaves it out.</summary>
    public TimeProvider? Time { get; init; }
}
