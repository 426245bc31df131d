namespace MiCse.Tokenization;

/// <summary>
/// WordPieces and their ids: the pieces that start a word and, in another table without their prefix, those that continue one.
/// </summary>
internal sealed class Vocabulary
{
    private readonly PieceTable _starting;
    private readonly PieceTable _continuing;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="continuationPrefix">What marks a piece inside a word, <c>##</c>.</param>
    public Vocabulary(IReadOnlyList<string?> tokens, string continuationPrefix)
    {
        var entries = tokens.Select((text, id) => (Text: text!, Id: id)).Where(entry => !string.IsNullOrEmpty(entry.Text)).ToList();
        _starting = new PieceTable(entries);
        _continuing = new PieceTable([.. entries
            .Where(entry => entry.Text.StartsWith(continuationPrefix, StringComparison.Ordinal))
            .Select(entry => (entry.Text[continuationPrefix.Length..], entry.Id))
            .Where(entry => entry.Item1.Length > 0)]);
    }

    /// <summary>Takes the longest piece from the front of what is left of a word.</summary>
    public bool TryMatch(ReadOnlySpan<char> word, bool continuing, out int id, out int length) =>
        (continuing ? _continuing : _starting).TryMatch(word, out id, out length);
}
