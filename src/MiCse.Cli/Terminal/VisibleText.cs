using System.Buffers;
using System.Globalization;
using System.Text;

namespace MiCse.Cli.Terminal;

/// <summary>
/// Text that does nothing to a terminal but appear: control characters, which can move the cursor, colour, erase or answer for the user, and
/// bidirectional controls, which reorder what is beside them, are shown as escapes such as <c>\u001b</c>.
/// </summary>
internal static class VisibleText
{
    private static readonly SearchValues<char> s_suspects = SearchValues.Create(Suspects());

    /// <summary>The text with visible escapes.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny(s_suspects) && !HasLoneSurrogate(text))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 16);
        for (var at = 0; at < text.Length; at++)
        {
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
            {
                visible.Append(text, at++, 2);
            }
            else if (IsEscaped(text[at]) || char.IsSurrogate(text[at]))
            {
                visible.Append(Escape(text[at]));
            }
            else
            {
                visible.Append(text[at]);
            }
        }

        return visible.ToString();
    }

    private static string Suspects()
    {
        var suspects = new StringBuilder();
        for (var character = '\0'; character < '\u2070'; character++)
        {
            suspects.Append(IsEscaped(character) ? character.ToString() : "");
        }

        return suspects.ToString();
    }

    private static string Escape(char character) => character switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };

    private static bool IsEscaped(char character) => char.IsControl(character) || character
        is '\u061C' or '\u200E' or '\u200F' // marks of direction
        or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') // embeddings, overrides and isolates
        or '\u2028' or '\u2029'; // line and paragraph separator

    private static bool HasLoneSurrogate(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]))
            {
                if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                {
                    return true;
                }

                at++;
            }
        }

        return false;
    }
}
