namespace MiCse.Data.Sentences;

/// <summary>What a full stop after a word says about the end of the sentence.</summary>
internal enum AbbreviationKind
{
    /// <summary>No abbreviation: the sentence ends.</summary>
    None,

    /// <summary>A title or a word that leads to another: the sentence goes on.</summary>
    NeverFinal,

    /// <summary>An abbreviation only before a number: "No. 5".</summary>
    BeforeNumber,

    /// <summary>The sentence ends only if the next word is one that opens sentences.</summary>
    MayBeFinal,
}
