using MiCse.Inference;

namespace MiCse.Server.Requests;

/// <summary>What all dialects ask for: embeddings of texts, or of ids.</summary>
/// <param name="Model">The model's name; null for the first one.</param>
/// <param name="Input">What is encoded.</param>
internal sealed record EncodeRequest(string? Model, TextInput Input)
{
    /// <summary>The field of the input, for messages.</summary>
    public string Field { get; init; } = "input";

    /// <summary>Which of the model's prompts is put before each text; null: its default.</summary>
    public string? PromptName { get; init; }

    /// <summary>Names of prompts, of which the first that the model has is taken.</summary>
    public IReadOnlyList<string> PromptNames { get; init; } = [];

    /// <summary>Whether too long texts are cut; null: as the server does.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Whether of a text that is too long the end is kept.</summary>
    public bool KeepsEnd { get; init; }

    /// <summary>Length of the embeddings, which are cut and scaled to length 1; null: all dimensions.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether embeddings are scaled to length 1.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>The encoding of the answer, for telemetry.</summary>
    public string Format { get; init; } = "float";

    /// <summary>Receives how many texts are done; null for nobody.</summary>
    public IProgress<EncodeProgress>? Progress { get; init; }
}

/// <summary>A request whose texts are tokenized.</summary>
/// <param name="Ids">The token ids of each text.</param>
/// <param name="Tokens">How many they are.</param>
/// <param name="TruncatedTexts">Which texts were cut.</param>
/// <param name="EmptyTexts">Which texts were empty.</param>
internal sealed record TokenizedRequest(int[][] Ids, long Tokens, int[] TruncatedTexts, int[] EmptyTexts);

/// <summary>The answer.</summary>
/// <param name="Texts">Embeddings, lengths, and what was cut.</param>
/// <param name="Times">How long it took.</param>
/// <param name="Model">What the model is called.</param>
/// <param name="ModelId">What the model is, wherever it lies.</param>
/// <param name="Fingerprint">The encoder's fingerprint.</param>
internal sealed record EncodeAnswer(EncodedTexts Texts, CallTimes Times, string Model, string ModelId, string Fingerprint)
{
    /// <summary>Tokens of all texts, special tokens included.</summary>
    public long Tokens { get; } = Texts.TokenCounts.Sum(count => (long)count);

    /// <summary>Which texts were cut.</summary>
    public int[] TruncatedTexts { get; } = [.. Enumerable.Range(0, Texts.Truncated.Count).Where(index => Texts.Truncated[index])];

    /// <summary>Characters of all texts.</summary>
    public long Characters { get; init; }

    /// <summary>Which texts were empty.</summary>
    public int[] EmptyTexts { get; init; } = [];
}
