using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's splitting of a text: contractions, then runs of letters, of numbers or of other characters, each with one space before it,
/// then white space. The same as the pattern <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> on code
/// points. The parts make up the whole text. Their bytes are the model's matter.
/// </summary>
/// <param name="addPrefixSpace">Whether a text that does not start with a space gets one.</param>
/// <param name="useRegex">Whether the text is split at all.</param>
/// <param name="trimOffsets">Says nothing about ids; only carried along.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex = true, bool trimOffsets = true) : IPreTokenizer
{
    private enum Kind
    {
        Letter,
        Number,
        WhiteSpace,
        Other,
    }

    private static readonly Kind[] Ascii = [.. Enumerable.Range(0, 128).Select(code => KindOf(new Rune(code)))];

    /// <summary>Whether a text that does not start with a space gets one.</summary>
    public bool AddPrefixSpace => addPrefixSpace;

    /// <summary>Whether the text is split at all.</summary>
    public bool UseRegex => useRegex;

    /// <summary>Says nothing about ids; only carried along.</summary>
    public bool TrimOffsets => trimOffsets;

    /// <summary>Enumerates the parts of a text in order.</summary>
    public static Words WordsOf(ReadOnlySpan<char> text) => new(text);

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        if (!addPrefixSpace || text.StartsWith(' '))
        {
            SplitSpaced(text, words, ref ids);
            return;
        }

        var spaced = new PooledBuffer<char>(text.Length + 1);
        try
        {
            spaced.Add(' ');
            spaced.AddRange(text);
            SplitSpaced(spaced.Items, words, ref ids);
        }
        finally
        {
            spaced.Dispose();
        }
    }

    private void SplitSpaced(scoped ReadOnlySpan<char> text, IWordSink words, ref PooledBuffer<int> ids)
    {
        if (!useRegex)
        {
            words.Append(text, atStart: false, ref ids);
            return;
        }

        foreach (var word in WordsOf(text))
        {
            words.Append(word, atStart: false, ref ids);
        }
    }

    /// <summary>The number of characters of the first part of a text that is not empty.</summary>
    private static int FirstLength(ReadOnlySpan<char> text)
    {
        var contraction = ContractionLength(text);
        if (contraction > 0)
        {
            return contraction;
        }

        var start = text is [' ', _, ..] ? 1 : 0;
        var kind = KindAt(text[start..], out _);
        if (kind != Kind.WhiteSpace)
        {
            return start + RunLength(text[start..], kind);
        }

        // The last white space before a word belongs to the word if it is a space, and stands alone otherwise.
        var spaces = RunLength(text, Kind.WhiteSpace);
        return spaces < text.Length && spaces > 1 ? spaces - 1 : spaces;
    }

    private static int ContractionLength(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static int RunLength(ReadOnlySpan<char> text, Kind kind)
    {
        var length = 0;
        while (length < text.Length && KindAt(text[length..], out var characters) == kind)
        {
            length += characters;
        }

        return length;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int characters)
    {
        if (text[0] < 128)
        {
            characters = 1;
            return Ascii[text[0]];
        }

        Rune.DecodeFromUtf16(text, out var rune, out characters);
        return KindOf(rune);
    }

    private static Kind KindOf(Rune rune) => CharacterClasses.Of(rune) switch
    {
        CharacterClass.Letter => Kind.Letter,
        CharacterClass.Number or CharacterClass.OtherNumber => Kind.Number,
        CharacterClass.WhiteSpace => Kind.WhiteSpace,
        _ => Kind.Other,
    };

    /// <summary>The parts of one text.</summary>
    public ref struct Words(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly Words GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = FirstLength(_rest);
            Current = _rest[..length];
            _rest = _rest[length..];
            return true;
        }
    }
}
