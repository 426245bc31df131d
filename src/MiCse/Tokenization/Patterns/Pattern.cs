using MiCse.Files;

namespace MiCse.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer, on code points and with the tables of the tokenizer's original: the leftmost match, of its alternatives the
/// first that fits. The work on a text is limited, as the original limits it, so that no pattern can hang. Immutable and thread-safe.
/// </summary>
internal sealed class Pattern
{
    private readonly string _file;
    private readonly Instruction[] _instructions;
    private readonly CodePointSet? _first;

    private Pattern(string source, string file, Instruction[] instructions)
    {
        (Source, _file, _instructions) = (source, file, instructions);
        _first = instructions[0] is { Operation: Operation.Take } or { Operation: Operation.TakeMany, First: > 0 } ? instructions[0].Set : null;
    }

    /// <summary>The expression as it is written.</summary>
    public string Source { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="file">The file it stands in, which is named when a text takes too many steps.</param>
    /// <exception cref="ArgumentException">Something in it is not implemented (named).</exception>
    public static Pattern Parse(string source, string file) => new(source, file, PatternCompiler.Compile(PatternParser.Parse(source)));

    /// <summary>A pattern of one character.</summary>
    public static Pattern Of(CodePointSet set) => new("", "", [new Instruction(Operation.Take, set), new Instruction(Operation.Match)]);

    /// <summary>A pattern of a text as it stands.</summary>
    /// <param name="text">The text, not empty.</param>
    public static Pattern Literal(string text) => new(text, "", PatternCompiler.Compile(
        new Parts([.. text.EnumerateRunes().Select(rune => new OneOf(new CodePointSet(codePoint => codePoint == rune.Value)))])));

    /// <summary>The matches in a text without lone surrogates, in order; no empty one comes right after another match.</summary>
    /// <remarks>MoveNext throws <see cref="ModelFormatException"/> when the pattern takes too many steps.</remarks>
    public Matches MatchesIn(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The matches in one text.</summary>
    public ref struct Matches(Pattern pattern, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private PatternMachine _machine = new(pattern._instructions, text);
        private int _position;
        private int _lastEnd = -1;

        /// <summary>Where the match starts.</summary>
        public int Start { get; private set; }

        /// <summary>Where it ends.</summary>
        public int End { get; private set; }

        /// <summary>Goes on to the next match; false when there is none.</summary>
        public bool MoveNext()
        {
            while (_position <= _text.Length)
            {
                if (pattern._first is { } first)
                {
                    _position += _machine.LengthBefore(first, _position);
                }

                var end = _machine.Match(_position);
                if (_machine.IsExhausted)
                {
                    throw new ModelFormatException(
                        pattern._file, $"the pattern '{JsonFailure.Cut(pattern.Source)}' takes too many steps on a text of {_text.Length} characters; use a simpler pattern");
                }

                if (end < 0 || (end == _position && end == _lastEnd))
                {
                    _position += _position < _text.Length ? _machine.LengthAt(_position) : 1;
                    continue;
                }

                (Start, End, _position, _lastEnd) = (_position, end, end, end);
                return true;
            }

            return false;
        }

        /// <summary>Gives memory back.</summary>
        public void Dispose() => _machine.Dispose();
    }
}
