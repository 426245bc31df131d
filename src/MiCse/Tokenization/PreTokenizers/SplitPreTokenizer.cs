using System.Text;
using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches that a text is cut at.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a word.</summary>
    Isolated,

    /// <summary>A match ends the word before it, unless that is a match too.</summary>
    MergedWithPrevious,

    /// <summary>A match starts the word after it, unless that is a match too.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one word.</summary>
    Contiguous,
}

/// <summary>Cuts a text at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether what lies between matches is taken for the matches.</param>
/// <param name="isRegex">Whether the pattern is written as a regular expression; only carried along.</param>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert = false, bool isRegex = true) : IPreTokenizer
{
    /// <summary>The pattern.</summary>
    public Pattern Pattern => pattern;

    /// <summary>What becomes of the matches.</summary>
    public SplitBehavior Behavior => behavior;

    /// <summary>Whether what lies between matches is taken for the matches.</summary>
    public bool Invert => invert;

    /// <summary>Whether the pattern is written as a regular expression.</summary>
    public bool IsRegex => isRegex;

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        var joiner = new WordJoiner(behavior, atStart, words);
        var matches = pattern.MatchesIn(text);
        try
        {
            var end = 0;
            while (matches.MoveNext())
            {
                if (matches.Start > end)
                {
                    joiner.Add(text, end, matches.Start, invert, ref ids);
                }

                joiner.Add(text, matches.Start, matches.End, !invert, ref ids);
                end = matches.End;
            }

            if (text.Length > end)
            {
                joiner.Add(text, end, text.Length, invert, ref ids);
            }

            joiner.End(text, ref ids);
        }
        finally
        {
            matches.Dispose();
        }
    }
}

/// <summary>Cuts a text at punctuation marks: those of BERT.</summary>
/// <param name="behavior">What becomes of the marks.</param>
internal sealed class PunctuationPreTokenizer(SplitBehavior behavior) : IPreTokenizer
{
    private readonly SplitPreTokenizer _split = new(
        Pattern.Of(new CodePointSet(codePoint => CodePoints.TraitsOf(codePoint).HasFlag(CodePointTraits.Punctuation))), behavior);

    /// <summary>What becomes of the marks.</summary>
    public SplitBehavior Behavior => behavior;

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids) => _split.Split(text, atStart, words, ref ids);
}

/// <summary>Cuts out numbers.</summary>
/// <param name="individual">Whether each digit is a word.</param>
internal sealed class DigitsPreTokenizer(bool individual) : IPreTokenizer
{
    private readonly SplitPreTokenizer _split = new(
        Pattern.Of(new CodePointSet(codePoint => Rune.IsValid(codePoint) && CharacterClasses.Of(new Rune(codePoint)) is CharacterClass.Number or CharacterClass.OtherNumber)),
        individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    /// <summary>Whether each digit is a word.</summary>
    public bool Individual => individual;

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids) => _split.Split(text, atStart, words, ref ids);
}

/// <summary>Cuts at a character, which belongs to no word.</summary>
/// <param name="delimiter">The character.</param>
internal sealed class CharDelimiterSplitPreTokenizer(Rune delimiter) : IPreTokenizer
{
    private readonly SplitPreTokenizer _split = new(Pattern.Of(new CodePointSet(codePoint => codePoint == delimiter.Value)), SplitBehavior.Removed);

    /// <summary>The character.</summary>
    public Rune Delimiter => delimiter;

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids) => _split.Split(text, atStart, words, ref ids);
}
