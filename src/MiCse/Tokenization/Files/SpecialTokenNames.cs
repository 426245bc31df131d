namespace MiCse.Tokenization.Files;

/// <summary>The spellings of the tokens with a role.</summary>
/// <param name="Padding">Fills sequences up.</param>
/// <param name="Unknown">Stands for what the vocabulary cannot spell; null when there is none.</param>
/// <param name="Start">First token of every sequence.</param>
/// <param name="End">Last token of every sequence.</param>
/// <param name="Mask">The blank of masked language modelling; null when there is none.</param>
internal sealed record SpecialTokenNames(string Padding, string? Unknown, string Start, string End, string? Mask)
{
    /// <summary>BERT's.</summary>
    public static SpecialTokenNames Bert { get; } = new("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    /// <summary>RoBERTa's.</summary>
    public static SpecialTokenNames Roberta { get; } = new("<pad>", "<unk>", "<s>", "</s>", "<mask>");

    /// <summary>The spellings that exist.</summary>
    public IEnumerable<string> All => new[] { Padding, Unknown, Start, End, Mask }.OfType<string>();
}
