namespace MiCse.Tokenization.Models;

/// <summary>
/// WordPieces and their ids: the pieces that start a word and, in another table without their prefix, those that continue one.
/// </summary>
internal sealed class WordPieceVocabulary
{
    private readonly Pieces _starting;
    private readonly Pieces _continuing;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="continuationPrefix">What marks a piece inside a word, <c>##</c>.</param>
    public WordPieceVocabulary(IReadOnlyList<string?> tokens, string continuationPrefix)
    {
        _starting = new Pieces(tokens);
        var continuing = new string?[tokens.Count];
        for (var id = 0; id < continuing.Length; id++)
        {
            continuing[id] = tokens[id] is { } token && token.StartsWith(continuationPrefix, StringComparison.Ordinal) ? token[continuationPrefix.Length..] : null;
        }

        _continuing = new Pieces(continuing);
    }

    /// <summary>Takes the longest piece from the front of what is left of a word.</summary>
    public bool TryMatch(ReadOnlySpan<char> word, bool continuing, out int id, out int length) =>
        (continuing ? _continuing : _starting).TryMatch(word, out id, out length);

    /// <summary>Most words are short and Latin, and have a table that reads no text; all others have one that takes any piece.</summary>
    private sealed class Pieces(IReadOnlyList<string?> texts)
    {
        private readonly PackedPieces _packed = new(texts);
        private readonly PieceTable _any = new(texts);

        public bool TryMatch(ReadOnlySpan<char> word, out int id, out int length) => PackedWord.TryPack(word, out var packed)
            ? _packed.TryMatch(packed, word.Length, out id, out length)
            : _any.TryMatch(word, out id, out length);
    }
}
