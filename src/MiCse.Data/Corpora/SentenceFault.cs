namespace MiCse.Data.Corpora;

/// <summary>Why a sentence is not worth training on. A sentence with several faults counts for the first in this order.</summary>
internal enum SentenceFault
{
    /// <summary>Fewer words than asked for; words are what white space separates.</summary>
    TooShort,

    /// <summary>More words than asked for.</summary>
    TooLong,

    /// <summary>The first character, after opening quotes and brackets, is no capital letter.</summary>
    NoCapital,

    /// <summary>The last character, before closing quotes and brackets, is not <c>.</c> <c>?</c> <c>!</c> or <c>…</c>.</summary>
    NoFinalMark,

    /// <summary>An address: <c>http://</c>, <c>www.</c>, or an <c>@</c> inside a word.</summary>
    Address,

    /// <summary>Wiki or HTML markup, a footnote number in brackets, or a control, private-use or replacement character.</summary>
    Markup,

    /// <summary>Brackets that do not pair.</summary>
    Brackets,

    /// <summary>Double quotes that do not pair.</summary>
    Quotes,

    /// <summary>The gap that a removed template leaves: nothing between brackets or quotes, or punctuation after a blank or a comma.</summary>
    Gap,

    /// <summary>Less than 60 % of what is not white space is letters: tables, scores, formulas.</summary>
    FewLetters,

    /// <summary>A word of more than 40 characters.</summary>
    LongWord,

    /// <summary>The sentence was there before, perhaps with other capital letters.</summary>
    Duplicate,
}
