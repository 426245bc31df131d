using System.Globalization;
using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Patterns;

/// <summary>The named sets of characters in patterns: <c>\s</c>, <c>\p{L}</c> and so on.</summary>
internal static class CharacterProperties
{
    private static readonly Dictionary<string, UnicodeCategory> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter, ["Ll"] = UnicodeCategory.LowercaseLetter, ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter, ["Lo"] = UnicodeCategory.OtherLetter, ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark, ["Me"] = UnicodeCategory.EnclosingMark, ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber, ["No"] = UnicodeCategory.OtherNumber, ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator, ["Zp"] = UnicodeCategory.ParagraphSeparator, ["Cc"] = UnicodeCategory.Control,
        ["Cf"] = UnicodeCategory.Format, ["Cs"] = UnicodeCategory.Surrogate, ["Co"] = UnicodeCategory.PrivateUse,
        ["Cn"] = UnicodeCategory.OtherNotAssigned, ["Pc"] = UnicodeCategory.ConnectorPunctuation, ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation, ["Pe"] = UnicodeCategory.ClosePunctuation, ["Pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["Pf"] = UnicodeCategory.FinalQuotePunctuation, ["Po"] = UnicodeCategory.OtherPunctuation, ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol, ["Sk"] = UnicodeCategory.ModifierSymbol, ["So"] = UnicodeCategory.OtherSymbol,
    };

    /// <summary>The set of a letter after the backslash, in lower case; null when there is none.</summary>
    public static Func<int, bool>? OfEscape(char letter) => letter switch
    {
        's' => IsWhiteSpace,
        'd' => codePoint => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.DecimalDigitNumber,
        'w' => IsWord,
        'h' => codePoint => codePoint < 128 && char.IsAsciiHexDigit((char)codePoint),
        _ => null,
    };

    /// <summary>The set of a name in <c>\p{…}</c>; null when there is none.</summary>
    public static Func<int, bool>? OfName(string name) => name.ToUpperInvariant() switch
    {
        "L" or "LETTER" => codePoint => ClassOf(codePoint) == CharacterClass.Letter,
        "N" or "NUMBER" => codePoint => ClassOf(codePoint) is CharacterClass.Number or CharacterClass.OtherNumber,
        "HAN" => Han.Contains,
        "SPACE" => IsWhiteSpace,
        var upper when upper is ['M' or 'P' or 'S' or 'Z' or 'C'] => OfFirstLetter(upper[0]),
        _ => Categories.TryGetValue(name, out var category) ? codePoint => CharUnicodeInfo.GetUnicodeCategory(codePoint) == category : null,
    };

    /// <summary>Whether a character belongs to words. Oniguruma takes the fractions and superscripts of Latin-1 for such, and joiners not.</summary>
    public static bool IsWord(int codePoint) => codePoint switch
    {
        0xB2 or 0xB3 or 0xB9 or 0xBC or 0xBD or 0xBE => true,
        0x200C or 0x200D => false,
        _ => Rune.IsValid(codePoint) && CharacterClasses.IsWord(new Rune(codePoint)),
    };

    private static bool IsWhiteSpace(int codePoint) => ClassOf(codePoint) == CharacterClass.WhiteSpace;

    private static CharacterClass ClassOf(int codePoint) => Rune.IsValid(codePoint) ? CharacterClasses.Of(new Rune(codePoint)) : CharacterClass.Other;

    private static Func<int, bool> OfFirstLetter(char letter)
    {
        var categories = 0;
        foreach (var (name, category) in Categories)
        {
            categories |= name[0] == letter ? 1 << (int)category : 0;
        }

        return codePoint => (categories >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & 1) != 0;
    }

    /// <summary>Chinese characters (Scripts.txt of Unicode 16.0).</summary>
    private static class Han
    {
        private const string Ranges =
            """
            2E80-2E99 2E9B-2EF3 2F00-2FD5 3005 3007 3021-3029 3038-303B 3400-4DBF 4E00-9FFF F900-FA6D FA70-FAD9 16FE2-16FE3 16FF0-16FF1
            20000-2A6DF 2A700-2B739 2B740-2B81D 2B820-2CEA1 2CEB0-2EBE0 2EBF0-2EE5D 2F800-2FA1D 30000-3134A 31350-323AF
            """;

        private static readonly (int First, int Last)[] All = Read();

        public static bool Contains(int codePoint) => Array.Exists(All, range => codePoint >= range.First && codePoint <= range.Last);

        private static (int First, int Last)[] Read()
        {
            var all = new List<(int, int)>();
            for (var ranges = new RangeTable(Ranges); ranges.MoveNext();)
            {
                all.Add((ranges.First, ranges.Last));
            }

            return [.. all];
        }
    }
}
