using System.Globalization;
using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>Reads the tables of code points: words separated by white space, numbers in hexadecimal.</summary>
internal static class RangeTable
{
    /// <summary>The words of a table.</summary>
    public static string[] Words(string table) => table.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>First and last of a range; both are the same for a single code point.</summary>
    public static (int First, int Last) Ends(ReadOnlySpan<char> range)
    {
        var dash = range.IndexOf('-');
        return dash < 0 ? (Hex(range), Hex(range)) : (Hex(range[..dash]), Hex(range[(dash + 1)..]));
    }

    /// <summary>The ranges of a table, and what each says after the colon ("" without one).</summary>
    public static IEnumerable<(int First, int Last, string Value)> Ranges(string table)
    {
        foreach (var word in Words(table))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var (first, last) = Ends(colon < 0 ? word : word.AsSpan(0, colon));
            yield return (first, last, colon < 0 ? "" : word[(colon + 1)..]);
        }
    }

    /// <summary>Mappings of code points to one or several: see <see cref="NormalFormTables.Canonical"/>.</summary>
    public static IEnumerable<(int CodePoint, int[] Parts)> Mappings(string table)
    {
        var last = -1;
        foreach (var word in Words(table))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var first = last + 1;
            last = first;
            if (colon > 0)
            {
                (first, last) = Ends(word.AsSpan(0, colon));
            }

            int[] parts = [.. word[(colon + 1)..].Split('.').Select(part => Hex(part))];
            for (var codePoint = first; codePoint <= last; codePoint++)
            {
                yield return (codePoint, codePoint == first ? parts : [parts[0] + codePoint - first]);
            }
        }
    }

    public static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static string Text(int codePoint) => new Rune(codePoint).ToString();
}
