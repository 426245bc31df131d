namespace MiCse.Data.Corpora;

/// <summary>Words that, with a capital letter, hardly ever follow an abbreviation inside a sentence: they open the next one.</summary>
internal static class SentenceOpeners
{
    private static readonly HashSet<string> Words =
    [
        .. ("A An The This That These Those He She It We They You His Her Its Our Their My Your There Here Who What Which Why How " +
            "In On At By For From With Without Within Under Over After Before During Since Until Upon Between Among Through Throughout Despite " +
            "Although Though However While When Whereas Where If As Because Once Both Each Every Either Neither All Some Several Many Most Few Another Other Others " +
            "And But Or So Yet Nor Not Only Also Then Thus Therefore Hence Later Today Currently Originally Initially Subsequently Eventually Finally " +
            "According Following Prior Due Like Unlike Instead Moreover Furthermore Additionally Meanwhile Nevertheless Nonetheless Overall Soon Recently " +
            "To Of About Around Is Was Are Were Has Had No One Two Three Four Five").Split(' '),
    ];

    /// <summary>Whether the word, written like this, opens sentences.</summary>
    public static bool Contains(ReadOnlySpan<char> word) => Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
}
