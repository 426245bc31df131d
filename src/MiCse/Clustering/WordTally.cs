using System.Globalization;

namespace MiCse.Clustering;

/// <summary>
/// Counts the words of texts: lower-cased runs of letters, digits and marks with at least two of them and at least one letter. Of scripts that write
/// without spaces two neighbouring ideographs are a word, or one that stands alone.
/// </summary>
internal sealed class WordTally
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inText = new(StringComparer.Ordinal);

    /// <summary>How often each word occurs.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>How many texts each word occurs in.</summary>
    public IReadOnlyDictionary<string, int> Texts => _texts;

    /// <summary>How many texts were counted.</summary>
    public int TextCount { get; private set; }

    /// <summary>Counts the words of one text.</summary>
    public void Add(string text)
    {
        TextCount++;
        _inText.Clear();
        var lower = text.ToLowerInvariant().AsSpan();
        for (int start = 0, end; start < lower.Length; start = Math.Max(end, start + 1))
        {
            end = start;
            if (IsIdeograph(lower[start]))
            {
                while (end < lower.Length && IsIdeograph(lower[end]))
                {
                    end++;
                }

                CountIdeographs(lower[start..end]);
                continue;
            }

            while (end < lower.Length && IsPartOfWord(lower[end]) && !IsIdeograph(lower[end]))
            {
                end++;
            }

            Count(lower[start..end]);
        }
    }

    private void Count(ReadOnlySpan<char> run)
    {
        if (run.Length >= 2 && ContainsLetter(run))
        {
            Increment(run);
        }
    }

    private void CountIdeographs(ReadOnlySpan<char> run)
    {
        for (var start = 0; start < Math.Max(1, run.Length - 1); start++)
        {
            Increment(run.Slice(start, Math.Min(2, run.Length)));
        }
    }

    private void Increment(ReadOnlySpan<char> word)
    {
        var counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        counts.TryGetValue(word, out var count);
        counts[word] = count + 1;
        if (_inText.GetAlternateLookup<ReadOnlySpan<char>>().Add(word))
        {
            var texts = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
            texts.TryGetValue(word, out count);
            texts[word] = count + 1;
        }
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
