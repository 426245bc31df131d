namespace MiCse.Tokenization.Normalizers;

/// <summary>What BERT's normalizer does to a text. The defaults are those of bert-base-uncased.</summary>
internal sealed record BertNormalization
{
    /// <summary>Whether control characters are removed and white space becomes the space (default true).</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Whether every CJK ideograph becomes a word of its own (default true).</summary>
    public bool SplitIdeographs { get; init; } = true;

    /// <summary>Whether accents are removed; null (default): when lower-casing.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether letters become lower case (default true; false for cased models).</summary>
    public bool LowerCase { get; init; } = true;
}
