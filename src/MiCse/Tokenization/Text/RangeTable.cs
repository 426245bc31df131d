using System.Globalization;

namespace MiCse.Tokenization.Text;

/// <summary>
/// Reads a table of code points word by word: <c>first-last:value</c> in hexadecimal. A single code point has no last, and without a first it is the
/// one after the word before. Reading makes no garbage: tables are read at every start.
/// </summary>
internal ref struct RangeTable(string table)
{
    private ReadOnlySpan<char> _rest = table;

    /// <summary>The first code point of the range.</summary>
    public int First { get; private set; }

    /// <summary>The last code point of the range.</summary>
    public int Last { get; private set; } = -1;

    /// <summary>What stands after the colon; empty without one.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    public static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Goes on to the next word; false at the end.</summary>
    public bool MoveNext()
    {
        _rest = _rest.TrimStart();
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOfAny(' ', '\r', '\n');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..];
        var colon = word.IndexOf(':');
        Value = colon < 0 ? default : word[(colon + 1)..];
        var range = colon < 0 ? word : word[..colon];
        var dash = range.IndexOf('-');
        First = range.IsEmpty ? Last + 1 : Hex(dash < 0 ? range : range[..dash]);
        Last = dash < 0 ? First : Hex(range[(dash + 1)..]);
        return true;
    }
}
