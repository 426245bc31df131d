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

    /// <summary>
    /// What is put before every text, of queries and documents too, such as "query: "; null takes the prompts that the model folder names. A model was trained
    /// with its prompts, and is worse without them.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>The name of a prompt of the model folder, which is put before every text, of queries and documents too; null for none in particular.</summary>
    public string? PromptName { get; init; }

    /// <summary>How many dimensions of an embedding are kept, the first ones; only models trained for it (Matryoshka) lose little. Null keeps all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether embeddings are scaled to length 1 at the end, whatever the model folder says; false by default.</summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// What is multiplied; null takes float32 where the model folder has float weights, else what it has, and on a GPU <see cref="EncoderPrecision.Float16"/>.
    /// </summary>
    public EncoderPrecision? Precision { get; init; }

    /// <summary>How many processor threads compute at a time, over all calls; null takes all. Embeddings do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>What computes instead of this library's own engine, such as a GPU; null for none. Its vectors agree with the own engine's within rounding.</summary>
    public EncoderBackend? Backend { get; init; }

    /// <summary>Where models on the Hugging Face Hub are fetched from and kept; null takes the environment's variables, see <see cref="HubOptions.FromEnvironment"/>.</summary>
    public HubOptions? Hub { get; init; }

    /// <summary>What embeddings of <see cref="Microsoft.Extensions.AI.IEmbeddingGenerator"/> take the time of their creation from; null leaves it out.</summary>
    public TimeProvider? Time { get; init; }
}
