using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>BERT's model: the longest match from the front of each word.</summary>
internal sealed class WordPiece : ITokenModel
{
    /// <summary>The unknown token, as a rule.</summary>
    public const string UsualUnknown = "[UNK]";

    /// <summary>What marks a piece that continues a word, as a rule.</summary>
    public const string UsualPrefix = "##";

    /// <summary>The longest word that is spelled, in code points, as a rule.</summary>
    public const int UsualMaxCharacters = 100;

    private readonly WordPieceVocabulary _vocabulary;
    private readonly int _unknown;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="unknownToken">Stands for a word that cannot be spelled.</param>
    /// <param name="continuationPrefix">What marks a piece that continues a word.</param>
    /// <param name="maxCharactersPerWord">Words with more code points are unknown.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token.</exception>
    public WordPiece(
        IReadOnlyList<string?> tokens,
        string unknownToken = UsualUnknown,
        string continuationPrefix = UsualPrefix,
        int maxCharactersPerWord = UsualMaxCharacters)
    {
        Tokens = [.. tokens];
        UnknownToken = unknownToken;
        ContinuationPrefix = continuationPrefix;
        MaxCharactersPerWord = maxCharactersPerWord;
        _vocabulary = new WordPieceVocabulary(tokens, continuationPrefix);
        _unknown = ((IList<string?>)Tokens).IndexOf(unknownToken);
        if (_unknown < 0)
        {
            throw new ArgumentException($"The vocabulary has no '{unknownToken}', which has a role in every sequence.");
        }
    }

    /// <inheritdoc/>
    public string Name => "WordPiece";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Tokens { get; }

    /// <inheritdoc/>
    public string UnknownToken { get; }

    /// <summary>What marks a piece that continues a word, <c>##</c>.</summary>
    public string ContinuationPrefix { get; }

    /// <summary>Words with more code points are unknown.</summary>
    public int MaxCharactersPerWord { get; }

    /// <inheritdoc/>
    public bool IsContinuation(string token) => token.StartsWith(ContinuationPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids)
    {
        var before = ids.Count;
        var start = 0;
        if (!IsTooLong(word))
        {
            while (start < word.Length && _vocabulary.TryMatch(word[start..], start > 0, out var id, out var length))
            {
                ids.Add(id);
                start += length;
            }
        }

        if (start < word.Length)
        {
            // A word that cannot be spelled to its end is unknown as a whole.
            ids.Count = before;
            ids.Add(_unknown);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= MaxCharactersPerWord)
        {
            return false;
        }

        var characters = 0;
        foreach (var _ in word.EnumerateRunes())
        {
            if (++characters > MaxCharactersPerWord)
            {
                return true;
            }
        }

        return false;
    }
}
