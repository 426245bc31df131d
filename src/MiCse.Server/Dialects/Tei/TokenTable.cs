using System.Text;
using MiCse.Explanation;
using MiCse.Server.Requests;
using MiCse.Tokenization;
using MiCse.Tokenization.Models;

namespace MiCse.Server.Dialects.Tei;

/// <summary>Tokens for people and programs: their spelling, and the text of ids.</summary>
internal static class TokenTable
{
    /// <summary>The tokens of a text.</summary>
    public static IEnumerable<TeiToken> Of(Tokenizer tokenizer, string text, bool withSpecial)
    {
        var template = tokenizer.Parts.Template;
        var ids = tokenizer.Tokenize(text).Ids;
        var before = template.Single.TakeWhile(part => part.Token is not null).Count();
        var own = ids.Length - template.SingleAdded;
        var places = TokenPlaces.Find(tokenizer, text, ids.AsSpan(before, own));
        var starts = Starts(text);
        for (var index = 0; index < ids.Length; index++)
        {
            var isOwn = index >= before && index < before + own;
            if (isOwn || withSpecial)
            {
                var place = isOwn ? places[index - before] : null;
                var part = place is { } at ? text[starts[at.Start]..starts[at.Stop]] : tokenizer.TokenOf(ids[index]);
                yield return new TeiToken(ids[index], part, !isOwn, place?.Start, place?.Stop);
            }
        }
    }

    /// <summary>The text of ids, as the decoder of the tokenizer's kind writes it.</summary>
    public static string Text(Tokenizer tokenizer, ReadOnlySpan<int> ids, bool skipSpecial)
    {
        var special = tokenizer.Parts.AddedTokens.Where(token => token.Special).Select(token => token.Id).ToHashSet();
        var kept = new List<int>();
        foreach (var id in ids)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
            {
                throw new RefusalException(RefusalKind.Invalid, $"The token id {id} is not in the model's vocabulary.", "ids");
            }

            if (!skipSpecial || !special.Contains(id))
            {
                kept.Add(id);
            }
        }

        return tokenizer.Parts.Model switch
        {
            Bpe { IsByteLevel: true } => FromBytes(tokenizer, kept),
            WordPiece => FromPieces(tokenizer, kept),
            _ => string.Concat(kept.Select(tokenizer.TokenOf)).Replace('\u2581', ' ').TrimStart(), // SentencePiece marks spaces so
        };
    }

    // Where each code point of a text begins, and where the last one ends.
    private static List<int> Starts(string text)
    {
        var starts = new List<int>(text.Length + 1) { 0 };
        foreach (var rune in text.EnumerateRunes())
        {
            starts.Add(starts[^1] + rune.Utf16SequenceLength);
        }

        return starts;
    }

    private static string FromBytes(Tokenizer tokenizer, List<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            bytes.AddRange(ReadablePiece.BytesOf(tokenizer, id));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    // WordPiece's decoder: pieces are joined, words are parted by spaces, and the spaces before punctuation go.
    private static string FromPieces(Tokenizer tokenizer, List<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            var token = tokenizer.TokenOf(id);
            var continues = tokenizer.IsContinuation(id);
            text.Append(text.Length > 0 && !continues ? " " : "").Append(continues && token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : token);
        }

        foreach (var (from, to) in ((string, string)[])
            [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")])
        {
            text.Replace(from, to);
        }

        return text.ToString();
    }
}
