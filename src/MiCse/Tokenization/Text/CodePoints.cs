namespace MiCse.Tokenization.Text;

/// <summary>What BERT's stages ask of code points: the tables of <see cref="CodePointRanges"/> and others, ready to look up. Immutable.</summary>
internal static class CodePoints
{
    private static readonly CodePointTraits[] Traits = new CodePointTraits[0x110000];
    private static readonly Dictionary<int, string> LowerCases = ReadLowerCases();
    private static readonly Dictionary<int, string> Bases = [];

    static CodePoints()
    {
        Set(CodePointRanges.Removed, CodePointTraits.Removed);
        Set(CodePointRanges.WhiteSpace, CodePointTraits.WhiteSpace);
        Set(CodePointRanges.Ideographs, CodePointTraits.Ideograph);
        Set(CodePointRanges.Punctuation, CodePointTraits.Punctuation);
        Set(CodePointRanges.NonspacingMarks, CodePointTraits.NonspacingMark);
        Set(NormalFormTables.CombiningClasses, CodePointTraits.Nonstarter);
        foreach (var codePoint in LowerCases.Keys)
        {
            Traits[codePoint] |= CodePointTraits.HasLowerCase;
        }

        foreach (var codePoint in Decompositions.Decomposed)
        {
            var parts = Decompositions.Canonical(codePoint)!;
            Bases.Add(codePoint, string.Concat(parts.Where(part => !Traits[part].HasFlag(CodePointTraits.NonspacingMark)).Select(RangeTable.Text)));
            Traits[codePoint] |= CodePointTraits.HasBase;
            if (Decompositions.ClassOf(parts[0]) > 0)
            {
                Traits[codePoint] |= CodePointTraits.Nonstarter;
            }
        }

        Traits.AsSpan(Decompositions.SyllableFirst..(Decompositions.SyllableLast + 1)).Fill(CodePointTraits.HasBase);
    }

    public static CodePointTraits TraitsOf(int codePoint) => Traits[codePoint];

    /// <summary>The canonical decomposition without nonspacing marks of a code point with the trait HasBase.</summary>
    public static string BaseOf(int codePoint) => Decompositions.IsSyllable(codePoint)
        ? string.Concat(Decompositions.Canonical(codePoint)!.Select(RangeTable.Text))
        : Bases[codePoint];

    /// <summary>The lower case of a code point with the trait HasLowerCase.</summary>
    public static string LowerCaseOf(int codePoint) => LowerCases[codePoint];

    private static void Set(string table, CodePointTraits trait)
    {
        foreach (var (first, last, _) in RangeTable.Ranges(table))
        {
            for (var codePoint = first; codePoint <= last; codePoint++)
            {
                Traits[codePoint] |= trait;
            }
        }
    }

    private static Dictionary<int, string> ReadLowerCases()
    {
        // The one letter whose lower case is two characters.
        var lowerCases = new Dictionary<int, string> { [0x130] = "i\u0307" };
        foreach (var word in RangeTable.Words(LowerCaseTable.Mappings))
        {
            var distance = word.LastIndexOfAny(['+', '-']);
            var everySecond = word.AsSpan(0, distance).EndsWith("/2");
            var (first, last) = RangeTable.Ends(word.AsSpan(0, everySecond ? distance - 2 : distance));
            var amount = RangeTable.Hex(word.AsSpan(distance + 1));
            for (var codePoint = first; codePoint <= last; codePoint += everySecond ? 2 : 1)
            {
                lowerCases.Add(codePoint, RangeTable.Text(codePoint + (word[distance] == '+' ? amount : -amount)));
            }
        }

        return lowerCases;
    }
}
