using System.Globalization;

namespace MiCse.Data.Corpora;

/// <summary>
/// Cuts English prose into sentences. A sentence ends at <c>.</c> <c>?</c> <c>!</c> or <c>…</c>, with the closing quotes and brackets after it, when white
/// space and then a capital letter, a digit or a currency sign follow (opening quotes and brackets may come before these). It goes on
/// <list type="bullet">
/// <item><description>inside brackets and double quotes that are closed again within <see cref="LongestEnclosure"/> characters;</description></item>
/// <item><description>after titles and other abbreviations that never end a sentence (Dr., vs.), and before a number after those that count (No. 5, c. 1900);</description></item>
/// <item><description>after initials, abbreviations with inner full stops (U.S., a.m.) and those that may end a sentence (Inc., Jr., etc.), unless a word
/// follows that opens sentences (The, In, She).</description></item>
/// </list>
/// An empty line ends a sentence in any case. Pure functions: thread-safe, in time proportional to the text.
/// </summary>
public static class SentenceSplitter
{
    /// <summary>What is longer is taken for an opening mark that was never closed.</summary>
    private const int LongestEnclosure = 400;

    /// <summary>The sentences of a text in their order, without the white space around them; every other character is in exactly one.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Places in the text: <c>text[range]</c> is a sentence.</returns>
    public static IReadOnlyList<Range> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ranges = new List<Range>();
        var enclosures = new Enclosures(text, LongestEnclosure);
        var start = 0;
        for (var position = 0; position < text.Length;)
        {
            var end = EndOfSentence(text, start, position, enclosures, out var next);
            if (end >= 0)
            {
                Add(ranges, text, start, end);
                start = end;
            }

            position = next;
        }

        Add(ranges, text, start, text.Length);
        return ranges;
    }

    private static void Add(List<Range> ranges, string text, int start, int end)
    {
        var sentence = text.AsSpan(start, end - start);
        var leading = sentence.Length - sentence.TrimStart().Length;
        var length = sentence.Trim().Length;
        if (length > 0)
        {
            ranges.Add(new Range(start + leading, start + leading + length));
        }
    }

    /// <summary>Where the sentence ends if it ends here, or -1; and where to look next.</summary>
    private static int EndOfSentence(string text, int start, int position, Enclosures enclosures, out int next)
    {
        if (text[position] is '\n' or '\r')
        {
            next = SkipWhiteSpace(text, position);
            return text.AsSpan(position, next - position).Count('\n') > 1 ? next : -1;
        }

        next = position + 1;
        if (!IsFinal(text[position]))
        {
            return -1;
        }

        var end = next;
        while (end < text.Length && IsFinal(text[end]))
        {
            end++;
        }

        var single = end == next && text[position] == '.';
        while (end < text.Length && IsClosing(text[end]))
        {
            end++;
        }

        next = end;
        var following = SkipWhiteSpace(text, end);
        if (following == end || following == text.Length || enclosures.Contain(end))
        {
            return -1;
        }

        while (following < text.Length && IsOpening(text[following]))
        {
            following++;
        }

        return following < text.Length && MayStart(text, following) && !(single && GoesOn(text, start, position, following)) ? end : -1;
    }

    /// <summary>Whether the full stop belongs to the word before it.</summary>
    private static bool GoesOn(string text, int start, int stop, int following)
    {
        var wordStart = stop;
        while (wordStart > start && IsOfWord(text[wordStart - 1]))
        {
            wordStart--;
        }

        var word = text.AsSpan(wordStart, stop - wordStart).TrimStart('.');
        var isFirst = text.AsSpan(start, wordStart - start).Trim().IsEmpty;
        return Abbreviations.KindOf(word, isFirst) switch
        {
            AbbreviationKind.None => false,
            AbbreviationKind.NeverFinal => true,
            AbbreviationKind.BeforeNumber => char.IsAsciiDigit(text[following]),
            _ => !SentenceOpeners.Contains(Word(text, following)),
        };
    }

    private static ReadOnlySpan<char> Word(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        // "A." after an initial is another initial.
        return end - start == 1 && end < text.Length && text[end] == '.' ? [] : text.AsSpan(start, end - start);
    }

    private static bool MayStart(string text, int position) => CharUnicodeInfo.GetUnicodeCategory(text, position)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.CurrencySymbol;

    private static bool IsFinal(char character) => character is '.' or '?' or '!' or '…';

    // With the degree sign, the C of "17 °C" is no initial.
    private static bool IsOfWord(char character) => char.IsLetterOrDigit(character) || character is '.' or '&' or '-' or '°';

    private static bool IsOpening(char character) => character is '"' or '\'' or '“' or '‘' or '«' or '(' or '[';

    private static bool IsClosing(char character) => character is '"' or '\'' or '”' or '’' or '»' or ')' or ']';

    private static int SkipWhiteSpace(string text, int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return position;
    }
}
