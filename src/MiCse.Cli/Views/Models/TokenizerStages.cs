using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Cli.Views.Models;

/// <summary>The stages of a tokenizer, by the names that tokenizer.json gives them.</summary>
internal static class TokenizerStages
{
    /// <summary>The names, from the text to the ids.</summary>
    /// <param name="parts">The tokenizer.</param>
    /// <param name="isPlain">Whether no special tokens are put around a text.</param>
    public static IEnumerable<string> Of(TokenizerParts parts, bool isPlain)
    {
        foreach (var normalizer in NormalizerSequence.StagesOf(parts.Normalizer))
        {
            yield return NormalizerTable.Table.NameOf(normalizer);
        }

        foreach (var preTokenizer in PreTokenizerSequence.StagesOf(parts.PreTokenizer))
        {
            yield return PreTokenizerTable.Table.NameOf(preTokenizer);
        }

        yield return parts.Model.Name;
        if (!isPlain)
        {
            yield return string.Join(' ', parts.Template.Single.Select(part => part.Token?.Content ?? "text"));
        }
    }

    /// <summary>What each stage makes of a text, by the same names: the normalized text, words between bars, tokens.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">Longest result, special tokens included.</param>
    public static IEnumerable<(string Name, string Text)> Trace(Tokenizer tokenizer, string text, int maxTokens)
    {
        var parts = tokenizer.Parts;
        var pieces = Cut([new Piece(text, null)], parts.AddedTokens.Where(token => !token.Normalized).Select(token => new SpelledToken(token.Content, token)));
        foreach (var normalizer in NormalizerSequence.StagesOf(parts.Normalizer))
        {
            pieces = [.. pieces.Select(piece => piece.Token is null ? new Piece(normalizer.Normalize(piece.Text), null) : piece)];
            yield return (NormalizerTable.Table.NameOf(normalizer), string.Concat(pieces.Select(piece => piece.Text)));
        }

        pieces = Cut(pieces, parts.AddedTokens.Where(token => token.Normalized).Select(token => new SpelledToken(parts.Normalizer?.Normalize(token.Content) ?? token.Content, token)));
        var before = new List<IPreTokenizer>();
        foreach (var preTokenizer in PreTokenizerSequence.StagesOf(parts.PreTokenizer))
        {
            before.Add(preTokenizer);
            var cutting = new PreTokenizerSequence(before);
            yield return (
                PreTokenizerTable.Table.NameOf(preTokenizer),
                string.Join(" | ", pieces.SelectMany((piece, at) => piece.Token is null ? CollectedWords.Of(piece.Text, cutting, at == 0) : [piece.Text])));
        }

        var plain = tokenizer.TokenizePlain(text, int.MaxValue);
        yield return (parts.Model.Name, Spell(plain.Ids));
        yield return (string.Join(' ', parts.Template.Single.Select(part => part.Token?.Content ?? "text")), Spell(tokenizer.Tokenize(text, maxTokens).Ids));

        string Spell(IEnumerable<int> ids) => string.Join(' ', ids.Select(tokenizer.TokenOf));
    }

    private static Piece[] Cut(IEnumerable<Piece> pieces, IEnumerable<SpelledToken> tokens)
    {
        var matcher = new AddedTokenMatcher(tokens);
        var cut = new List<Piece>();
        foreach (var piece in pieces)
        {
            var parts = matcher.Split(piece.Token is null ? piece.Text : "");
            while (parts.MoveNext())
            {
                cut.Add(new Piece(parts.Token?.Content ?? parts.Text.ToString(), parts.Token));
            }

            if (piece.Token is not null)
            {
                cut.Add(piece);
            }
        }

        return [.. cut];
    }

    private sealed record Piece(string Text, AddedToken? Token);

    /// <summary>Takes the words of a pre-tokenizer in place of a model.</summary>
    private sealed class CollectedWords : IWordSink
    {
        private readonly List<string> _words = [];

        public static List<string> Of(string text, PreTokenizerSequence preTokenizer, bool atStart)
        {
            var words = new CollectedWords();
            var ids = new PooledBuffer<int>(1);
            try
            {
                preTokenizer.Split(text, atStart, words, ref ids);
                return words._words;
            }
            finally
            {
                ids.Dispose();
            }
        }

        public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids) => _words.Add(word.ToString());
    }
}
