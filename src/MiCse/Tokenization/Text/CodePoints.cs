using System.Text;

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

        var parts = new List<int>();
        foreach (var codePoint in Decompositions.Decomposed)
        {
            parts.Clear();
            Decompositions.AppendCanonical(codePoint, parts);
            Bases.Add(codePoint, TextOf(parts, CodePointTraits.NonspacingMark));
            Traits[codePoint] |= Decompositions.ClassOf(parts[0]) > 0 ? CodePointTraits.HasBase | CodePointTraits.Nonstarter : CodePointTraits.HasBase;
        }

        Traits.AsSpan(Decompositions.SyllableFirst..(Decompositions.SyllableLast + 1)).Fill(CodePointTraits.HasBase);
    }

    public static CodePointTraits TraitsOf(int codePoint) => Traits[codePoint];

    /// <summary>The canonical decomposition without nonspacing marks of a code point with the trait HasBase.</summary>
    public static string BaseOf(int codePoint) => Decompositions.IsSyllable(codePoint)
        ? TextOf(Decompositions.Canonical(codePoint)!, CodePointTraits.None)
        : Bases[codePoint];

    /// <summary>The lower case of a code point with the trait HasLowerCase.</summary>
    public static string LowerCaseOf(int codePoint) => LowerCases[codePoint];

    private static void Set(string table, CodePointTraits trait)
    {
        for (var ranges = new RangeTable(table); ranges.MoveNext();)
        {
            for (var codePoint = ranges.First; codePoint <= ranges.Last; codePoint++)
            {
                Traits[codePoint] |= trait;
            }
        }
    }

    /// <summary>The text of code points without those that have a trait.</summary>
    private static string TextOf(IReadOnlyList<int> codePoints, CodePointTraits without)
    {
        Span<char> text = stackalloc char[2 * codePoints.Count];
        var length = 0;
        for (var index = 0; index < codePoints.Count; index++)
        {
            if ((Traits[codePoints[index]] & without) == 0)
            {
                length += new Rune(codePoints[index]).EncodeToUtf16(text[length..]);
            }
        }

        return new string(text[..length]);
    }

    private static Dictionary<int, string> ReadLowerCases()
    {
        // The one letter whose lower case is two characters.
        var lowerCases = new Dictionary<int, string> { [0x130] = "i\u0307" };
        for (var ranges = new RangeTable(LowerCaseTable.Mappings); ranges.MoveNext();)
        {
            var everySecond = ranges.Value.StartsWith("/2");
            var value = everySecond ? ranges.Value[2..] : ranges.Value;
            var distance = RangeTable.Hex(value[1..]);
            for (var codePoint = ranges.First; codePoint <= ranges.Last; codePoint += everySecond ? 2 : 1)
            {
                lowerCases.Add(codePoint, new Rune(value[0] == '+' ? codePoint + distance : codePoint - distance).ToString());
            }
        }

        return lowerCases;
    }
}
