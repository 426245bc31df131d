using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Runs of word characters, and runs of others that are no white space: the pattern <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    private enum Kind
    {
        Word,
        WhiteSpace,
        Other,
    }

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        while (!text.IsEmpty)
        {
            var kind = KindAt(text, out var length);
            while (length < text.Length && KindAt(text[length..], out var next) == kind)
            {
                length += next;
            }

            if (kind != Kind.WhiteSpace)
            {
                words.Append(text[..length], atStart, ref ids);
            }

            text = text[length..];
            atStart = false;
        }
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out var rune, out length);
        return CharacterClasses.IsWord(rune) ? Kind.Word : CharacterClasses.Of(rune) == CharacterClass.WhiteSpace ? Kind.WhiteSpace : Kind.Other;
    }
}
