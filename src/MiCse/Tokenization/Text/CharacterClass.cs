namespace MiCse.Tokenization.Text;

/// <summary>What a pattern of a regular expression sees in a character.</summary>
internal enum CharacterClass : byte
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>\p{L}</summary>
    Letter,

    /// <summary>A decimal digit or a number that is a letter: with <see cref="OtherNumber"/> \p{N}.</summary>
    Number,

    /// <summary>A number that is no word character, such as ½.</summary>
    OtherNumber,

    /// <summary>\s</summary>
    WhiteSpace,

    /// <summary>Marks, connectors and joiners: with <see cref="Letter"/> and <see cref="Number"/> \w.</summary>
    OtherWord,
}
