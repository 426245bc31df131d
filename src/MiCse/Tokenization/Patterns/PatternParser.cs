using System.Globalization;
using System.Text;

namespace MiCse.Tokenization.Patterns;

/// <summary>
/// Reads the regular expressions of tokenizer.json, which are written for Oniguruma (Ruby's syntax). Groups only group: there are no references to
/// them. Whatever else means something there and is not read here is refused by name.
/// </summary>
internal sealed class PatternParser
{
    private const int MostNesting = 100;
    private const int MostRepetitions = 1_000;

    private readonly string _source;
    private int _position;
    private int _nesting;
    private bool _ignoreCase;

    private PatternParser(string source) => _source = source;

    /// <summary>Reads a whole pattern.</summary>
    /// <exception cref="ArgumentException">Something in it is not read (named).</exception>
    public static PatternNode Parse(string source)
    {
        var parser = new PatternParser(source);
        var node = parser.ReadAlternatives();
        return parser._position == source.Length ? node : throw parser.Refusal("')' without '('");
    }

    private PatternNode ReadAlternatives()
    {
        if (++_nesting > MostNesting)
        {
            throw Refusal($"more than {MostNesting} groups in each other");
        }

        var ignoreCase = _ignoreCase;
        var alternatives = new List<PatternNode> { ReadParts() };
        while (TryTake('|'))
        {
            alternatives.Add(ReadParts());
        }

        _ignoreCase = ignoreCase;
        _nesting--;
        return alternatives is [var only] ? only : new Alternatives(alternatives);
    }

    private PatternNode ReadParts()
    {
        var parts = new List<PatternNode>();
        while (_position < _source.Length && _source[_position] is not ('|' or ')'))
        {
            if (ReadPart() is { } part)
            {
                parts.Add(ReadQuantifiers(part));
            }
        }

        return parts is [var only] ? only : new Parts(parts);
    }

    /// <summary>One part without its quantifier; null for a switch such as (?i), which is none.</summary>
    private PatternNode? ReadPart()
    {
        switch (_source[_position])
        {
            case '(':
                _position++;
                return ReadGroup();
            case '[':
                _position++;
                return new OneOf(new CodePointSet(ReadClass()));
            case '.':
                _position++;
                return new OneOf(new CodePointSet(codePoint => codePoint != '\n'));
            case '^':
                _position++;
                return new Place(PlaceKind.LineStart);
            case '$':
                _position++;
                return new Place(PlaceKind.LineEnd);
            case '\\':
                return ReadEscape();
            case '*' or '+' or '?':
                throw Refusal("a quantifier with nothing before it");
            case '{' when TryReadInterval(out _, out _):
                throw Refusal("a quantifier with nothing before it");
            default:
                return Literal(TakeCodePoint());
        }
    }

    private PatternNode? ReadGroup()
    {
        if (!TryTake('?'))
        {
            return Closed(ReadAlternatives());
        }

        if (TryTake(':'))
        {
            return Closed(ReadAlternatives());
        }

        if (TryTake('>'))
        {
            return new Atomic(Closed(ReadAlternatives()));
        }

        if (Peek() is '=' or '!')
        {
            var negated = _source[_position++] == '!';
            return new Ahead(Closed(ReadAlternatives()), negated);
        }

        if (TryTake('<'))
        {
            if (Peek() is not ('=' or '!'))
            {
                throw Refusal("a group with a name");
            }

            var negated = _source[_position++] == '!';
            var part = Closed(ReadAlternatives());
            return new Behind(part, negated, part.Length() ?? throw Refusal("a look-behind whose length varies"));
        }

        var outside = _ignoreCase;
        var off = TryTake('-');
        if (!TryTake('i') || Peek() is not (':' or ')'))
        {
            throw Refusal("a group that starts with '(?' and is none of (?:…), (?i:…), (?i), (?>…), (?=…), (?!…), (?<=…), (?<!…)");
        }

        _ignoreCase = !off;
        if (TryTake(')'))
        {
            // A switch counts up to the end of the group that it stands in, whose alternatives after it belong to it.
            return ReadAlternatives();
        }

        _position++;
        var inside = Closed(ReadAlternatives());
        _ignoreCase = outside;
        return inside;
    }

    private PatternNode Closed(PatternNode node) => TryTake(')') ? node : throw Refusal("'(' without ')'");

    private PatternNode ReadQuantifiers(PatternNode part)
    {
        while (_position < _source.Length)
        {
            var (least, most, interval) = (0, int.MaxValue, false);
            switch (_source[_position])
            {
                case '*':
                    _position++;
                    break;
                case '+':
                    _position++;
                    least = 1;
                    break;
                case '?':
                    _position++;
                    most = 1;
                    break;
                case '{' when TryReadInterval(out least, out most):
                    interval = true;
                    break;
                default:
                    return part;
            }

            if (most == int.MaxValue && part.CanBeEmpty())
            {
                throw Refusal("a quantifier after what can match the empty text");
            }

            if (interval && Peek() is '?' or '+')
            {
                throw Refusal("'?' or '+' after a quantifier in braces");
            }

            part = new Repeated(part, least, most, interval ? RepeatKind.Greedy : TryTake('?') ? RepeatKind.Lazy : TryTake('+') ? RepeatKind.Possessive : RepeatKind.Greedy);
        }

        return part;
    }

    /// <summary>Reads {n}, {n,}, {,m} or {n,m}; anything else after a brace is the brace itself.</summary>
    private bool TryReadInterval(out int least, out int most)
    {
        (least, most) = (0, int.MaxValue);
        var end = _source.IndexOf('}', _position);
        if (end < 0 || _source[(_position + 1)..end].Split(',') is not { Length: 1 or 2 } numbers
            || !numbers.All(number => number.All(char.IsAsciiDigit)) || numbers.All(number => number.Length == 0))
        {
            return false;
        }

        _position = end + 1;
        least = numbers[0].Length == 0 ? 0 : Number(numbers[0]);
        most = numbers.Length == 1 ? least : numbers[1].Length == 0 ? int.MaxValue : Number(numbers[1]);
        return most >= least ? true : throw Refusal("a quantifier whose first number is the larger one");

        int Number(string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out var number) && number <= MostRepetitions
            ? number : throw Refusal($"a quantifier of more than {MostRepetitions}");
    }

    private PatternNode ReadEscape()
    {
        PlaceKind? place = _source[(_position + 1)..] switch
        {
            ['A', ..] => PlaceKind.TextStart,
            ['z', ..] => PlaceKind.TextEnd,
            ['Z', ..] => PlaceKind.LastLineEnd,
            ['b', ..] => PlaceKind.WordBoundary,
            ['B', ..] => PlaceKind.NoWordBoundary,
            _ => null,
        };
        if (place is { } kind)
        {
            _position += 2;
            return new Place(kind);
        }

        return TryReadSet() is { } set ? new OneOf(new CodePointSet(Cased(set))) : Literal(ReadEscapedCodePoint());
    }

    /// <summary>Reads a class after its opening bracket.</summary>
    private Func<int, bool> ReadClass()
    {
        var negated = TryTake('^');
        var sets = new List<Func<int, bool>>();
        while (!TryTake(']'))
        {
            if (_position >= _source.Length)
            {
                throw Refusal("'[' without ']'");
            }

            if (_source[_position] == '[' || _source.AsSpan(_position).StartsWith("&&"))
            {
                throw Refusal("'[' or '&&' within a class");
            }

            if (TryReadSet() is { } set)
            {
                sets.Add(set);
                continue;
            }

            var first = ReadClassCodePoint();
            if (Peek() != '-' || _position + 1 >= _source.Length || _source[_position + 1] == ']')
            {
                sets.Add(codePoint => codePoint == first);
                continue;
            }

            _position++;
            if (_position < _source.Length && (_source[_position] == '[' || TryReadSet() is not null))
            {
                throw Refusal("a range in a class that does not end with a character");
            }

            var last = ReadClassCodePoint();
            sets.Add(last >= first ? codePoint => codePoint >= first && codePoint <= last : throw Refusal("a range in a class that ends before it starts"));
        }

        if (sets.Count == 0)
        {
            throw Refusal("an empty class");
        }

        Func<int, bool>[] all = [.. sets];
        var any = Cased(codePoint => Array.Exists(all, set => set(codePoint)));
        return negated ? codePoint => !any(codePoint) : any;
    }

    private int ReadClassCodePoint() => Peek() == '\\' ? ReadEscapedCodePoint() : TakeCodePoint();

    /// <summary>Reads \s, \p{…} and their like; null, and nothing is read, when there is none.</summary>
    private Func<int, bool>? TryReadSet()
    {
        if (Peek() != '\\' || _position + 1 >= _source.Length)
        {
            return null;
        }

        var letter = _source[_position + 1];
        Func<int, bool>? set;
        var negated = char.IsAsciiLetterUpper(letter);
        if (letter is 'p' or 'P')
        {
            var end = _source.IndexOf('}', _position);
            if (end < 0 || _source[_position + 2] != '{')
            {
                throw Refusal($"'\\{letter}' without a name in braces");
            }

            var name = _source[(_position + 3)..end];
            if (name.StartsWith('^'))
            {
                (negated, name) = (!negated, name[1..]);
            }

            set = CharacterProperties.OfName(name) ?? throw Refusal($"'\\{letter}{{{name}}}'");
            _position = end + 1;
        }
        else
        {
            set = CharacterProperties.OfEscape(char.ToLowerInvariant(letter));
            _position += set is null ? 0 : 2;
        }

        return set is not null && negated ? codePoint => !set(codePoint) : set;
    }

    private int ReadEscapedCodePoint()
    {
        _position++;
        if (_position >= _source.Length)
        {
            throw Refusal("a backslash at the end");
        }

        var escaped = TakeCodePoint();
        return escaped switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => '\u001B',
            'x' when Peek() == '{' && _source.IndexOf('}', _position) is > 0 and var end => Hexadecimal(_source[(_position + 1)..end], end + 1),
            'x' => Hexadecimal(_source[_position..Math.Min(_position + 2, _source.Length)], _position + 2),
            'u' => Hexadecimal(_source[_position..Math.Min(_position + 4, _source.Length)], _position + 4),
            < 128 when char.IsAsciiLetterOrDigit((char)escaped) => throw Refusal($"'\\{(char)escaped}'"),
            _ => escaped,
        };
    }

    private int Hexadecimal(string digits, int end)
    {
        if (digits.Length is 0 or > 6 || !digits.All(char.IsAsciiHexDigit) || !Rune.IsValid(Convert.ToInt32(digits, 16)) || end > _source.Length)
        {
            throw Refusal("a hexadecimal character that is none");
        }

        _position = end;
        return Convert.ToInt32(digits, 16);
    }

    private OneOf Literal(int codePoint)
    {
        var folded = CaseFolding.Fold(codePoint);
        return new OneOf(_ignoreCase
            ? new CodePointSet(other => CaseFolding.Fold(other) == folded)
            : new CodePointSet(other => other == codePoint));
    }

    private Func<int, bool> Cased(Func<int, bool> set) => _ignoreCase ? codePoint => CaseFolding.Contains(set, codePoint) : set;

    private int TakeCodePoint()
    {
        Rune.DecodeFromUtf16(_source.AsSpan(_position), out var rune, out var length);
        _position += length;
        return rune.Value;
    }

    private char? Peek() => _position < _source.Length ? _source[_position] : null;

    private bool TryTake(char character)
    {
        var isNext = Peek() == character;
        _position += isNext ? 1 : 0;
        return isNext;
    }

    private ArgumentException Refusal(string what) => new($"{what} (at character {Math.Min(_position, _source.Length) + 1})");
}
