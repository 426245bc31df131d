namespace MiCse.Models;

/// <summary>The size of a model to be initialised; the vocabulary comes from its tokenizer.</summary>
/// <param name="Layers">Transformer layers.</param>
/// <param name="HiddenSize">Width of a hidden state; a multiple of <paramref name="Heads"/>.</param>
/// <param name="Heads">Attention heads of each layer.</param>
internal sealed record ModelSize(int Layers, int HiddenSize, int Heads)
{
    /// <summary>Width of the feed-forward part; null is four times <see cref="HiddenSize"/>.</summary>
    public int? IntermediateSize { get; init; }

    /// <summary>The <c>model_type</c> of config.json; null is the family whose texts start with the tokenizer's first special token.</summary>
    public string? ModelType { get; init; }

    /// <summary>The longest sequence in tokens, 512 by default. (Some families' tables of positions have a few rows more.)</summary>
    public int MaxTokens { get; init; } = 512;
}
