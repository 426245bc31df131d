using System.Buffers;
using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>An added token and the text that it is found as.</summary>
internal sealed record SpelledToken(string Text, AddedToken Token);

/// <summary>Finds added tokens in a text: leftmost first, the longest of those that start there. Immutable and thread-safe.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly SpelledToken[] _tokens;
    private readonly SearchValues<string>? _anywhere; // null where all tokens begin with one character, as [CLS] and [SEP]

    /// <param name="tokens">The tokens and the text each is found as.</param>
    public AddedTokenMatcher(IEnumerable<SpelledToken> tokens)
    {
        _tokens = [.. tokens.Where(entry => entry.Text.Length > 0).OrderByDescending(entry => entry.Text.Length)];
        _anywhere = Array.TrueForAll(_tokens, entry => entry.Text[0] == _tokens[0].Text[0])
            ? null : SearchValues.Create([.. _tokens.Select(entry => entry.Text)], StringComparison.Ordinal);
    }

    /// <summary>Cuts the text into added tokens and what lies between them, in order; empty parts are left out.</summary>
    public Parts Split(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>Where the first token starts; negative: there is none.</summary>
    private int IndexIn(ReadOnlySpan<char> text)
    {
        if (_anywhere is not null || _tokens.Length == 0)
        {
            return _anywhere is null ? -1 : text.IndexOfAny(_anywhere);
        }

        for (var start = 0; ; start++)
        {
            var offset = text[start..].IndexOf(_tokens[0].Text[0]);
            if (offset < 0)
            {
                return -1;
            }

            start += offset;
            foreach (var token in _tokens)
            {
                if (text[start..].StartsWith(token.Text, StringComparison.Ordinal))
                {
                    return start;
                }
            }
        }
    }

    /// <summary>The longest token at the start of a text in which the search found one.</summary>
    private SpelledToken LongestAt(ReadOnlySpan<char> text)
    {
        var index = 0;
        while (!text.StartsWith(_tokens[index].Text, StringComparison.Ordinal))
        {
            index++;
        }

        return _tokens[index];
    }

    private static bool TouchesWord(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        Rune.DecodeLastFromUtf16(before, out var last, out _);
        Rune.DecodeFromUtf16(after, out var first, out _);
        return (!before.IsEmpty && CharacterClasses.IsWord(last)) || (!after.IsEmpty && CharacterClasses.IsWord(first));
    }

    /// <summary>Enumerates the parts of one text.</summary>
    public ref struct Parts(AddedTokenMatcher matcher, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _position;
        private AddedToken? _found;
        private int _foundEnd;

        /// <summary>The added token, or null for text between two of them.</summary>
        public AddedToken? Token { get; private set; }

        /// <summary>The part itself.</summary>
        public ReadOnlySpan<char> Text { get; private set; }

        public bool MoveNext()
        {
            if (_found is null && _position < _text.Length)
            {
                var start = Find();
                if (start > _position)
                {
                    Token = null;
                    Text = _text[_position..start];
                    _position = start;
                    return true;
                }
            }

            Token = _found;
            if (_found is null)
            {
                return false;
            }

            Text = _text[_position.._foundEnd];
            _position = _foundEnd;
            _found = null;
            return true;
        }

        /// <summary>Where the next token starts, the end of the text if there is none.</summary>
        private int Find()
        {
            var from = _position;
            while (matcher._tokens.Length > 0)
            {
                var offset = matcher.IndexIn(_text[from..]);
                if (offset < 0)
                {
                    break;
                }

                var start = from + offset;
                var (spelling, token) = matcher.LongestAt(_text[start..]);
                _foundEnd = start + spelling.Length;
                if (token.SingleWord && TouchesWord(_text[..start], _text[_foundEnd..]))
                {
                    from = _foundEnd;
                    continue;
                }

                while (token.LeftStrip && start > _position && CharacterClasses.IsWhiteSpace(_text[start - 1]))
                {
                    start--;
                }

                while (token.RightStrip && _foundEnd < _text.Length && CharacterClasses.IsWhiteSpace(_text[_foundEnd]))
                {
                    _foundEnd++;
                }

                _found = token;
                return start;
            }

            return _text.Length;
        }
    }
}
