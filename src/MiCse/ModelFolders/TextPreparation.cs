using System.Globalization;
using System.Text;

namespace MiCse.ModelFolders;

/// <summary>
/// What happens to a text before it is tokenized, as sentence-transformers does it: the prompt is put before it, white space at both ends is removed,
/// and, where the model folder asks for it, the text is lower-cased.
/// </summary>
/// <param name="Prompt">What is put before the text; "" for nothing.</param>
/// <param name="Strip">Whether white space at both ends is removed.</param>
/// <param name="LowerCase">Whether the text is lower-cased.</param>
internal sealed record TextPreparation(string Prompt, bool Strip, bool LowerCase)
{
    /// <summary>The text that is tokenized.</summary>
    public string Apply(string text)
    {
        var whole = Prompt.Length == 0 ? text : Prompt + text;
        whole = Strip ? whole.Trim() : whole;
        return LowerCase ? ToLower(whole) : whole;
    }

    /// <summary>
    /// Lower case by Unicode's full mapping, as Python's <c>str.lower</c>: a capital sigma at the end of a word becomes ς, and İ keeps its dot.
    /// </summary>
    internal static string ToLower(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            switch (text[index])
            {
                case 'Σ':
                    lower.Append(IsAtEndOfWord(text, index) ? 'ς' : 'σ');
                    break;
                case 'İ':
                    lower.Append("i\u0307");
                    break;
                case var low when !char.IsSurrogate(low):
                    lower.Append(char.ToLowerInvariant(low));
                    break;
                default:
                    Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out var length);
                    lower.Append(Rune.ToLowerInvariant(rune));
                    index += length - 1;
                    break;
            }
        }

        return lower.ToString();
    }

    /// <summary>Unicode's condition Final_Sigma: a cased letter before it and none after it, both across characters that case ignores.</summary>
    private static bool IsAtEndOfWord(string text, int sigma) =>
        FirstThatCounts(text.AsSpan(0, sigma), backwards: true) && !FirstThatCounts(text.AsSpan(sigma + 1), backwards: false);

    /// <summary>Whether the nearest character that case does not ignore is a cased letter.</summary>
    private static bool FirstThatCounts(ReadOnlySpan<char> text, bool backwards)
    {
        while (!text.IsEmpty)
        {
            Rune rune;
            int length;
            if (backwards)
            {
                Rune.DecodeLastFromUtf16(text, out rune, out length);
                text = text[..^length];
            }
            else
            {
                Rune.DecodeFromUtf16(text, out rune, out length);
                text = text[length..];
            }

            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter:
                    return true;
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.ModifierSymbol:
                case var _ when rune.Value is '\'' or '.' or ':' or '\u00B7' or '\u2018' or '\u2019' or '\u2024' or '\u2027':
                    break;
                default:
                    return false;
            }
        }

        return false;
    }
}
