namespace MiCse.Tokenization.Text;

/// <summary>What the BERT tokenizer wants to know of a code point.</summary>
[Flags]
internal enum CodePointTraits : byte
{
    None = 0,
    Removed = 1,
    WhiteSpace = 2,
    Ideograph = 4,
    Punctuation = 8,
    NonspacingMark = 16,

    /// <summary>Has a combining class above 0: takes part in canonical reordering.</summary>
    Nonstarter = 32,
    HasBase = 64,
    HasLowerCase = 128,
}
