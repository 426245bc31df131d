using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Explanation;

/// <summary>
/// Cuts a text into what people call words, and leaves them out one at a time. Words stand between white space; punctuation marks around a word
/// are words of their own, those inside it (don't, 3.5) are part of it. Of scripts that write without spaces every ideograph is a word.
/// </summary>
internal static class LeaveOneOut
{
    private enum Kind
    {
        Letter,
        Punctuation,
        Ideograph,
        WhiteSpace,
    }

    /// <summary>The words of a text, in order.</summary>
    public static List<WordSpan> Words(string text)
    {
        var words = new List<WordSpan>();
        for (var start = 0; start < text.Length;)
        {
            var kind = KindAt(text, start, out var length);
            var end = kind is Kind.Letter ? EndOfWord(text, start)
                : kind is Kind.Punctuation ? EndOfRun(text, start, kind)
                : start + length;
            if (kind != Kind.WhiteSpace)
            {
                words.Add(new WordSpan(start, end));
            }

            start = end;
        }

        return words;
    }

    /// <summary>The words of which the encoder reads at least the beginning: all of them, unless the text is too long.</summary>
    public static IReadOnlyList<WordSpan> WordsRead(string text, SentenceEncoder encoder)
    {
        var words = Words(text);
        if (!encoder.Tokenizer.Tokenize(text, encoder.MaxTokens).Truncated)
        {
            return words;
        }

        // The first word that begins after the last token; what comes before a word never has fewer tokens than what comes before an earlier one.
        var (low, high) = (0, words.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var before = encoder.Tokenizer.Tokenize(text[..words[middle].Start].TrimEnd(), encoder.MaxTokens);
            (low, high) = before.Ids.Length < encoder.MaxTokens ? (middle + 1, high) : (low, middle);
        }

        return words[..low];
    }

    /// <summary>The text without one of its words, and without the white space that only this word needed.</summary>
    public static string Without(string text, WordSpan word)
    {
        var (start, end) = (word.Start, word.End);
        var spaceBefore = start == 0 || char.IsWhiteSpace(text[start - 1]);
        var spaceAfter = end == text.Length || char.IsWhiteSpace(text[end]);
        var isPunctuation = KindAt(text, start, out _) == Kind.Punctuation;
        if (spaceAfter && (spaceBefore || !isPunctuation))
        {
            end += WhiteSpaceAfter(text, end);
        }

        // "a guitar." becomes "a.", and the last word takes the space before it along.
        if (spaceBefore && (end == text.Length || (!spaceAfter && !isPunctuation)))
        {
            start = text.AsSpan(0, start).TrimEnd().Length;
        }

        return string.Concat(text.AsSpan(0, start), text.AsSpan(end));
    }

    private static int WhiteSpaceAfter(string text, int start) => text.Length - start - text.AsSpan(start).TrimStart().Length;

    private static int EndOfRun(string text, int start, Kind kind)
    {
        var end = start;
        while (end < text.Length && KindAt(text, end, out var length) == kind)
        {
            end += length;
        }

        return end;
    }

    private static int EndOfWord(string text, int start)
    {
        var end = EndOfRun(text, start, Kind.Letter);
        while (true)
        {
            var marks = EndOfRun(text, end, Kind.Punctuation);
            var letters = EndOfRun(text, marks, Kind.Letter);
            if (marks == end || letters == marks)
            {
                return end;
            }

            end = letters;
        }
    }

    private static Kind KindAt(string text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out length);
        var traits = CodePoints.TraitsOf(rune.Value);
        return (traits & CodePointTraits.WhiteSpace) != 0 ? Kind.WhiteSpace
            : (traits & CodePointTraits.Punctuation) != 0 ? Kind.Punctuation
            : (traits & CodePointTraits.Ideograph) != 0 ? Kind.Ideograph
            : Kind.Letter;
    }
}

/// <summary>A word by its place in a text.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last one.</param>
internal readonly record struct WordSpan(int Start, int End);
