namespace MiCse.Tokenization;

/// <summary>Settings of a byte-level BPE tokenizer. The defaults are those of roberta-base.</summary>
public sealed record ByteLevelBpeOptions
{
    /// <summary>Whether a text is tokenized as if a space stood before it (default false).</summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>The spellings of the tokens with a role (default: RoBERTa's).</summary>
    public SpecialTokenNames Names { get; init; } = SpecialTokenNames.Roberta;

    /// <summary>
    /// Tokens recognised in the text itself; null (default): those of <see cref="Names"/>, the mask with the space before it.
    /// </summary>
    public IReadOnlyList<AddedToken>? AddedTokens { get; init; }

    /// <summary>Whether bytes that the vocabulary lacks become the unknown token (default false: they are dropped).</summary>
    public bool UnknownForMissingBytes { get; init; }

    /// <summary>The longest sequence the model was made for, special tokens included; null (default): not stated.</summary>
    public int? ModelMaxLength { get; init; }
}
