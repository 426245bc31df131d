using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>The plainest model: a word is a token of the vocabulary, or unknown.</summary>
internal sealed class WordLevel : ITokenModel
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _unknown;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="unknownToken">Stands for words that the vocabulary lacks.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token.</exception>
    public WordLevel(IReadOnlyList<string?> tokens, string unknownToken)
    {
        (Tokens, UnknownToken) = ([.. tokens], unknownToken);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token)
            {
                _ids[token] = id;
            }
        }

        _words = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknown = _ids.TryGetValue(unknownToken, out var unknown)
            ? unknown : throw new ArgumentException($"The vocabulary has no '{unknownToken}', which stands for words that it lacks.");
    }

    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Tokens { get; }

    /// <inheritdoc/>
    public string UnknownToken { get; }

    /// <inheritdoc/>
    public bool IsContinuation(string token) => false;

    /// <inheritdoc/>
    public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids) =>
        ids.Add(_words.TryGetValue(word, out var id) ? id : _unknown);
}
