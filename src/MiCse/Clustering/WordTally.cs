using System.Globalization;

namespace MiCse.Clustering;

/// <summary>
/// Counts the words of texts: lower-cased runs of letters, digits and marks with at least two of them and at least one letter. Of scripts that write
/// without spaces every ideograph is a word.
/// </summary>
internal sealed class WordTally
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How often each word occurs.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Occurrences of all words together.</summary>
    public int Total { get; private set; }

    /// <summary>Counts the words of one text.</summary>
    public void Add(string text)
    {
        var lower = text.ToLowerInvariant().AsSpan();
        var start = 0;
        for (var end = 0; end <= lower.Length; end++)
        {
            if (end < lower.Length && IsPartOfWord(lower[end]) && !IsIdeograph(lower[end]))
            {
                continue;
            }

            Count(lower[start..end]);
            if (end < lower.Length && IsIdeograph(lower[end]))
            {
                Increment(lower.Slice(end, 1));
            }

            start = end + 1;
        }
    }

    private void Count(ReadOnlySpan<char> run)
    {
        if (run.Length >= 2 && ContainsLetter(run))
        {
            Increment(run);
        }
    }

    private void Increment(ReadOnlySpan<char> word)
    {
        var counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        counts.TryGetValue(word, out var count);
        counts[word] = count + 1;
        Total++;
    }

    private static bool ContainsLetter(ReadOnlySpan<char> run)
    {
        foreach (var character in run)
        {
            if (char.IsLetter(character) || char.IsSurrogate(character))
            {
                return true;
            }
        }

        return false;
    }

    // Letters beyond the first plane come as two surrogates, which stay together.
    private static bool IsPartOfWord(char character) => char.IsLetterOrDigit(character) || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsIdeograph(char character) => character is >= '\u3400' and <= '\u4DBF' or >= '\u4E00' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF';
}
