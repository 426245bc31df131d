using System.Globalization;

namespace MiCse.Data.Corpora;

/// <summary>Tells clean sentences from headings, fragments, markup and leftovers. Immutable and thread-safe.</summary>
internal sealed class SentenceFilter
{
    private const int LongestWord = 40;
    private const double FewestLetters = 0.6;

    private static readonly string[] Addresses = ["http://", "https://", "ftp://", "www."];
    private static readonly string[] MarkupSigns = ["<", ">", "{", "}", "|", "\\", "[[", "]]", "==", "''", "&nbsp", "&amp", "&lt", "&gt", "&quot", "&#"];
    private static readonly string[] Gaps = ["()", "( )", "[]", "(,", "(;", ",,", ", ,", ",.", ",;", ";.", ";,", " ,", " ;", " . ", "\"\"", "“”"];

    private readonly SentenceFilterOptions _options;

    /// <summary>Makes a filter.</summary>
    /// <param name="options">The lengths; null means the defaults.</param>
    /// <exception cref="ArgumentException">Fewer words at most than at least, or less than one.</exception>
    public SentenceFilter(SentenceFilterOptions? options = null)
    {
        _options = options ?? new SentenceFilterOptions();
        if (_options.MinWords < 1 || _options.MaxWords < _options.MinWords)
        {
            throw new ArgumentException(
                $"A sentence cannot have {_options.MinWords} words at least and {_options.MaxWords} at most.", nameof(options));
        }
    }

    /// <summary>The first fault of a sentence, or null for a clean one; never <see cref="SentenceFault.Duplicate"/>.</summary>
    /// <param name="sentence">One sentence, its words separated by single spaces.</param>
    public SentenceFault? FaultOf(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var (words, longest) = Words(sentence);
        return words < _options.MinWords ? SentenceFault.TooShort
            : words > _options.MaxWords ? SentenceFault.TooLong
            : !StartsWithCapital(sentence) ? SentenceFault.NoCapital
            : !EndsWithFinalMark(sentence) ? SentenceFault.NoFinalMark
            : HasAddress(sentence) ? SentenceFault.Address
            : HasMarkup(sentence) ? SentenceFault.Markup
            : !BracketsPair(sentence) ? SentenceFault.Brackets
            : !QuotesPair(sentence) ? SentenceFault.Quotes
            : Gaps.Any(gap => sentence.Contains(gap, StringComparison.Ordinal)) || sentence.EndsWith(" .", StringComparison.Ordinal) ? SentenceFault.Gap
            : LettersShare(sentence) < FewestLetters ? SentenceFault.FewLetters
            : longest > LongestWord ? SentenceFault.LongWord
            : null;
    }

    private static (int Count, int Longest) Words(string sentence)
    {
        var (count, longest, length) = (0, 0, 0);
        foreach (var character in sentence)
        {
            length = char.IsWhiteSpace(character) ? 0 : length + 1;
            count += length == 1 ? 1 : 0;
            longest = Math.Max(longest, length);
        }

        return (count, longest);
    }

    private static bool StartsWithCapital(string sentence)
    {
        var start = sentence.AsSpan().TrimStart("\"'“‘«([");
        return !start.IsEmpty && CharUnicodeInfo.GetUnicodeCategory(sentence, sentence.Length - start.Length)
            is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter;
    }

    private static bool EndsWithFinalMark(string sentence) =>
        sentence.AsSpan().TrimEnd("\"'”’»)]") is [.., '.' or '?' or '!' or '…'];

    private static bool HasAddress(string sentence)
    {
        var at = sentence.IndexOf('@', StringComparison.Ordinal);
        return Addresses.Any(address => sentence.Contains(address, StringComparison.OrdinalIgnoreCase))
            || (at > 0 && at + 1 < sentence.Length && char.IsLetterOrDigit(sentence[at - 1]) && char.IsLetterOrDigit(sentence[at + 1]));
    }

    private static bool HasMarkup(string sentence)
    {
        for (var position = 0; position < sentence.Length; position++)
        {
            if (IsFootnote(sentence.AsSpan(position)) || sentence[position] == '\uFFFD' || CharUnicodeInfo.GetUnicodeCategory(sentence, position)
                is UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            {
                return true;
            }

            if (char.IsSurrogatePair(sentence, position))
            {
                position++;
            }
            else if (char.IsSurrogate(sentence[position]))
            {
                return true;
            }
        }

        return MarkupSigns.Any(sign => sentence.Contains(sign, StringComparison.Ordinal));
    }

    // "[12]"; "[1995]" is a year, as in the citation of a case.
    private static bool IsFootnote(ReadOnlySpan<char> text) =>
        text is ['[', >= '0' and <= '9', ']', ..] or ['[', >= '0' and <= '9', >= '0' and <= '9', ']', ..]
            or ['[', >= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', ']', ..];

    private static bool BracketsPair(string sentence)
    {
        var open = new Stack<char>();
        foreach (var character in sentence)
        {
            if (character is '(' or '[')
            {
                open.Push(character == '(' ? ')' : ']');
            }
            else if (character is ')' or ']' && !(open.TryPop(out var expected) && expected == character))
            {
                return false;
            }
        }

        return open.Count == 0;
    }

    private static bool QuotesPair(string sentence)
    {
        var span = sentence.AsSpan();
        return span.Count('"') % 2 == 0 && span.Count('“') == span.Count('”') && span.Count('«') == span.Count('»');
    }

    private static double LettersShare(string sentence)
    {
        var (letters, signs) = (0, 0);
        foreach (var character in sentence)
        {
            letters += char.IsLetter(character) ? 1 : 0;
            signs += char.IsWhiteSpace(character) ? 0 : 1;
        }

        return (double)letters / signs;
    }
}

/// <summary>How long a sentence may be.</summary>
internal sealed record SentenceFilterOptions
{
    /// <summary>Fewest words; 5 by default.</summary>
    public int MinWords { get; init; } = 5;

    /// <summary>Most words; 60 by default.</summary>
    public int MaxWords { get; init; } = 60;
}
