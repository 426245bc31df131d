using System.Globalization;
using System.Text;
using MiCse.Tokenization;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Text;

namespace MiCse.Server.Dialects.Tei;

/// <summary>
/// Where the tokens of a text are in it. The tokenizer does not say; letters that it changes one by one (case, accents) are found again, and where that
/// fails the place of a token is not known.
/// </summary>
internal static class TokenPlaces
{
    /// <summary>Start and end of each token, in characters (Unicode code points, as the Rust tokenizer counts them); null where it is not known.</summary>
    public static (int Start, int Stop)?[] Find(Tokenizer tokenizer, string text, ReadOnlySpan<int> ids)
    {
        var places = new (int, int)?[ids.Length];
        var (letters, origins) = Letters(tokenizer, text);
        var at = 0;
        for (var index = 0; index < ids.Length; index++)
        {
            var piece = Spelling(tokenizer, ids[index]);
            at = SkipSpace(letters, at);
            var found = string.IsNullOrEmpty(piece) ? -1 : letters.AsSpan(at).StartsWith(piece) ? at : letters.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
            {
                var end = EndOfWord(tokenizer, letters, at, index + 1 < ids.Length ? ids[index + 1] : null);
                places[index] = piece is null && end > at ? (origins[at], origins[end - 1] + 1) : null;
                at = end;
                continue;
            }

            at = found;
            places[index] = (origins[at], origins[at + piece!.Length - 1] + 1);
            at += piece.Length;
        }

        return places;
    }

    private static string? Spelling(Tokenizer tokenizer, int id)
    {
        if (id == tokenizer.SpecialTokens.Unknown)
        {
            return null;
        }

        var token = tokenizer.TokenOf(id);
        return tokenizer.Parts.Model is Bpe { IsByteLevel: true } ? Encoding.UTF8.GetString(Explanation.ReadablePiece.BytesOf(tokenizer, id)).Trim()
            : tokenizer.IsContinuation(id) && token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : token.Trim('\u2581');
    }

    private static (string Letters, int[] Origins) Letters(Tokenizer tokenizer, string text)
    {
        var (letters, origins, count) = (new StringBuilder(), new List<int>(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var changed = tokenizer.Parts.Normalizer is { } normalizer && !Rune.IsWhiteSpace(rune) ? Normalized(normalizer, rune.ToString()) : rune.ToString();
            letters.Append(changed);
            origins.AddRange(Enumerable.Repeat(count, changed.Length));
            count++;
        }

        return (letters.ToString(), [.. origins]);
    }

    private static string Normalized(INormalizer normalizer, string letter) =>
        CharUnicodeInfo.GetUnicodeCategory(letter, 0) == UnicodeCategory.NonSpacingMark ? "" : normalizer.Normalize(letter).Trim();

    private static int SkipSpace(string letters, int at)
    {
        while (at < letters.Length && char.IsWhiteSpace(letters[at]))
        {
            at++;
        }

        return at;
    }

    // An unknown word ends before white space, before what the next token spells, and of WordPiece's before what is a word of its own.
    private static int EndOfWord(Tokenizer tokenizer, string letters, int at, int? next)
    {
        var end = at;
        while (end < letters.Length && !char.IsWhiteSpace(letters[end]))
        {
            Rune.DecodeFromUtf16(letters.AsSpan(end), out var rune, out var length);
            var isOwn = tokenizer.Parts.Model is WordPiece && (CodePoints.TraitsOf(rune.Value) & (CodePointTraits.Punctuation | CodePointTraits.Ideograph)) != 0;
            if (isOwn && end > at)
            {
                break;
            }

            end += length;
            if (isOwn)
            {
                break;
            }
        }

        var found = next is { } id && end > at && Spelling(tokenizer, id) is { Length: > 0 } piece ? letters.IndexOf(piece, at, end - at, StringComparison.Ordinal) : -1;
        return found > at ? found : end;
    }
}
