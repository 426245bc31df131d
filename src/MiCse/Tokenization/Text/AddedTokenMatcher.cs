using System.Buffers;
using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>Finds added tokens in a text: leftmost first, the longest of those that start there. Immutable and thread-safe.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly (string Text, AddedToken Token)[] _tokens;
    private readonly SearchValues<string>? _anywhere;

    /// <param name="tokens">The tokens and the text each is found as.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        _tokens = [.. tokens.Where(entry => entry.Text.Length > 0).OrderByDescending(entry => entry.Text.Length)];
        _anywhere = _tokens.Length == 0 ? null : SearchValues.Create([.. _tokens.Select(entry => entry.Text)], StringComparison.Ordinal);
    }

    /// <summary>Cuts the text into added tokens and what lies between them, in order; empty parts are left out.</summary>
    public Parts Split(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The longest token at the start of a text in which the search found one.</summary>
    private (string Text, AddedToken Token) LongestAt(ReadOnlySpan<char> text)
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
            while (matcher._anywhere is not null)
            {
                var offset = _text[from..].IndexOfAny(matcher._anywhere);
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
