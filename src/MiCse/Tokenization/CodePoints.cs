using System.Globalization;
using System.Text;

namespace MiCse.Tokenization;

/// <summary>The tables of <see cref="CodePointRanges"/> and <see cref="CodePointMappingTables"/>, ready to look up. Immutable.</summary>
internal static class CodePoints
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;

    private static readonly Dictionary<int, string> Bases = ReadBases();
    private static readonly Dictionary<int, string> LowerCases = ReadLowerCases();
    private static readonly Dictionary<int, byte> Classes = ReadClasses();
    private static readonly CodePointTraits[] Traits = ReadTraits();

    public static CodePointTraits TraitsOf(int codePoint) => Traits[codePoint];

    /// <summary>The canonical decomposition without nonspacing marks of a code point with the trait HasBase.</summary>
    public static string BaseOf(int codePoint) =>
        codePoint is >= HangulFirst and <= HangulLast ? HangulJamo(codePoint) : Bases[codePoint];

    /// <summary>The lower case of a code point with the trait HasLowerCase.</summary>
    public static string LowerCaseOf(int codePoint) => LowerCases[codePoint];

    /// <summary>The combining class of a mark that is not removed; 0 for all others.</summary>
    public static int CombiningClassOf(int codePoint) => Classes.GetValueOrDefault(codePoint);

    /// <summary>The arithmetic of the Unicode standard, section 3.12.</summary>
    private static string HangulJamo(int syllable)
    {
        var index = syllable - HangulFirst;
        var leading = (char)(0x1100 + index / (21 * 28));
        var vowel = (char)(0x1161 + index / 28 % 21);
        var trailing = index % 28;
        return trailing == 0 ? $"{leading}{vowel}" : $"{leading}{vowel}{(char)(0x11A7 + trailing)}";
    }

    private static CodePointTraits[] ReadTraits()
    {
        var traits = new CodePointTraits[0x110000];
        Set(CodePointRanges.Removed, CodePointTraits.Removed);
        Set(CodePointRanges.WhiteSpace, CodePointTraits.WhiteSpace);
        Set(CodePointRanges.Ideographs, CodePointTraits.Ideograph);
        Set(CodePointRanges.Punctuation, CodePointTraits.Punctuation);
        Set(CodePointRanges.NonspacingMarks, CodePointTraits.NonspacingMark | CodePointTraits.Nonstarter);
        foreach (var codePoint in Words(CodePointRanges.NonspacingStarters).SelectMany(Expand))
        {
            traits[codePoint] &= ~CodePointTraits.Nonstarter;
        }

        Classes.Keys.ToList().ForEach(codePoint => traits[codePoint] |= CodePointTraits.Nonstarter);
        Bases.Keys.ToList().ForEach(codePoint => traits[codePoint] |= CodePointTraits.HasBase);
        LowerCases.Keys.ToList().ForEach(codePoint => traits[codePoint] |= CodePointTraits.HasLowerCase);
        traits.AsSpan(HangulFirst..(HangulLast + 1)).Fill(CodePointTraits.HasBase);
        return traits;

        void Set(string ranges, CodePointTraits trait)
        {
            foreach (var range in Words(ranges))
            {
                var (first, last) = Ends(range);
                for (var codePoint = first; codePoint <= last; codePoint++)
                {
                    traits[codePoint] |= trait;
                }
            }
        }
    }

    private static Dictionary<int, byte> ReadClasses()
    {
        var classes = new Dictionary<int, byte>();
        foreach (var word in Words(CodePointRanges.CombiningClasses))
        {
            var parts = word.Split(':');
            foreach (var codePoint in Expand(parts[0]))
            {
                classes.Add(codePoint, byte.Parse(parts[1], CultureInfo.InvariantCulture));
            }
        }

        return classes;
    }

    private static Dictionary<int, string> ReadBases()
    {
        var bases = new Dictionary<int, string>();
        var codePoint = 0;
        foreach (var word in Words(CodePointMappingTables.BaseCharacters))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            codePoint = colon < 0 ? codePoint + 1 : Hex(word[..colon]);
            bases.Add(codePoint, string.Concat(word[(colon + 1)..].Split('.').Select(part => Text(Hex(part)))));
        }

        return bases;
    }

    private static Dictionary<int, string> ReadLowerCases()
    {
        // The one letter whose lower case is two characters.
        var lowerCases = new Dictionary<int, string> { [0x130] = "i\u0307" };
        foreach (var word in Words(CodePointMappingTables.LowerCase))
        {
            var distance = word.LastIndexOfAny(['+', '-']);
            var everySecond = word.AsSpan(0, distance).EndsWith("/2");
            var (first, last) = Ends(everySecond ? word[..(distance - 2)] : word[..distance]);
            for (var codePoint = first; codePoint <= last; codePoint += everySecond ? 2 : 1)
            {
                var amount = Hex(word[(distance + 1)..]);
                lowerCases.Add(codePoint, Text(codePoint + (word[distance] == '+' ? amount : -amount)));
            }
        }

        return lowerCases;
    }

    private static string[] Words(string table) => table.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static (int First, int Last) Ends(string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (Hex(range), Hex(range)) : (Hex(range[..dash]), Hex(range[(dash + 1)..]));
    }

    private static IEnumerable<int> Expand(string range)
    {
        var (first, last) = Ends(range);
        return Enumerable.Range(first, last - first + 1);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Text(int codePoint) => new Rune(codePoint).ToString();
}
