using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>BERT's splitting of a normalized text into words: at white space, and every punctuation mark is a word of its own.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    private const CodePointTraits Boundary = CodePointTraits.WhiteSpace | CodePointTraits.Punctuation;

    private static readonly CodePointTraits[] Ascii = TraitsOfAscii();

    private static CodePointTraits[] TraitsOfAscii()
    {
        var traits = new CodePointTraits[128];
        for (var code = 0; code < traits.Length; code++)
        {
            traits[code] = CodePoints.TraitsOf(code) & Boundary;
        }

        return traits;
    }

    /// <summary>Enumerates the words of a text in order.</summary>
    public static Words WordsOf(ReadOnlySpan<char> text) => new(text);

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        foreach (var word in WordsOf(text))
        {
            words.Append(word, atStart && word.IsFront(text), ref ids);
        }
    }

    /// <summary>The words of one text.</summary>
    public ref struct Words(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly Words GetEnumerator() => this;

        public bool MoveNext()
        {
            while (!_rest.IsEmpty)
            {
                var end = FindBoundary(_rest, out var boundary, out var length);
                if (end > 0)
                {
                    Current = _rest[..end];
                    _rest = _rest[end..];
                    return true;
                }

                Current = _rest[..length];
                _rest = _rest[length..];
                if (boundary == CodePointTraits.Punctuation)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>The index of the first character that is white space or punctuation, or the length of the text.</summary>
        private static int FindBoundary(ReadOnlySpan<char> text, out CodePointTraits boundary, out int length)
        {
            var ascii = Ascii;
            var index = 0;
            length = 1;
            boundary = CodePointTraits.None;
            while (index < text.Length)
            {
                var character = text[index];
                if (character < (uint)ascii.Length)
                {
                    boundary = ascii[character];
                }
                else
                {
                    Rune.DecodeFromUtf16(text[index..], out var rune, out length);
                    boundary = CodePoints.TraitsOf(rune.Value) & Boundary;
                }

                if (boundary != CodePointTraits.None)
                {
                    break;
                }

                index += length;
                length = 1;
            }

            return index;
        }
    }
}
