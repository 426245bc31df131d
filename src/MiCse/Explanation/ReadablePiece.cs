using System.Text;
using MiCse.Tokenization;
using MiCse.Tokenization.Models;

namespace MiCse.Explanation;

/// <summary>Tokens as people read them: a byte-level vocabulary spells bytes, and a space at the front as <c>Ġ</c>, SentencePiece's as <c>▁</c>.</summary>
internal static class ReadablePiece
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Dictionary<char, byte> s_bytes = ByteAlphabet.Characters.Index().ToDictionary(entry => entry.Item, entry => (byte)entry.Index);

    /// <summary>
    /// The spelling of a token. Of a byte-level one or one of SentencePiece: its text without the space before it; <c>␣</c> when it is white space alone, and the bytes in
    /// hexadecimal, as <c>⟨F0 9F⟩</c>, when it is only part of a character.
    /// </summary>
    public static string Of(Tokenizer tokenizer, int id)
    {
        var token = tokenizer.TokenOf(id);
        if (tokenizer.Parts.AddedTokens.Any(added => added.Id == id))
        {
            return token;
        }

        if (tokenizer.Parts.Model is Unigram or Bpe { IsByteLevel: false })
        {
            return token.Trim(Unigram.Space) is { Length: > 0 } word ? word : "␣";
        }

        if (!IsByteLevel(tokenizer, id))
        {
            return token;
        }

        var bytes = BytesOf(tokenizer, id);
        try
        {
            var text = s_strict.GetString(bytes).Trim();
            return text.Length == 0 ? "␣" : text;
        }
        catch (DecoderFallbackException)
        {
            return $"⟨{string.Join(' ', bytes.Select(value => value.ToString("X2", null)))}⟩";
        }
    }

    /// <summary>The bytes that a token stands for: those of a byte-level one, else its spelling in UTF-8.</summary>
    public static byte[] BytesOf(Tokenizer tokenizer, int id)
    {
        var token = tokenizer.TokenOf(id);
        return IsByteLevel(tokenizer, id) ? [.. token.Select(character => s_bytes[character])] : Encoding.UTF8.GetBytes(token);
    }

    private static bool IsByteLevel(Tokenizer tokenizer, int id) =>
        tokenizer.Parts.Model is Bpe { IsByteLevel: true } && !tokenizer.Parts.AddedTokens.Any(added => added.Id == id) && tokenizer.TokenOf(id).All(s_bytes.ContainsKey);
}
