using System.Buffers.Binary;
using System.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>
/// What a SentencePiece model replaces before it cuts: strings of UTF-8 and what stands in their place, in a double array
/// (<c>precompiled_charsmap</c>; the layout is that of darts-clone). Immutable and thread-safe.
/// </summary>
internal sealed class CharacterMap
{
    // The map of NFKC gives at most 33 bytes for a character; a hostile one would give megabytes for each.
    private const int LongestReplacement = 1_024;
    private const int Block = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <param name="bytes">The size of the double array in bytes, its units, and the replacements, each of which ends in 0.</param>
    /// <exception cref="ArgumentException">This is no such map.</exception>
    public CharacterMap(ReadOnlySpan<byte> bytes)
    {
        var size = bytes.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (size == 0 || size % 4 != 0 || size > bytes.Length - 4)
        {
            throw new ArgumentException($"a double array of {size} bytes in {bytes.Length}");
        }

        _units = new uint[size / 4];
        for (var index = 0; index < _units.Length; index++)
        {
            _units[index] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * index))..]);
        }

        _replacements = bytes[(4 + (int)size)..].ToArray();
        Check();
    }

    /// <summary>Finds the shortest key that a text starts with.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What stands in its place, as UTF-8.</param>
    public bool TryMap(scoped ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        var node = Offset(_units[0]);
        foreach (var value in text)
        {
            node ^= value;
            var unit = value == 0 ? uint.MaxValue : _units[node];
            if (Label(unit) != value)
            {
                break;
            }

            node ^= Offset(unit);
            if (HasLeaf(unit))
            {
                ReadOnlySpan<byte> found = _replacements.AsSpan(Value(_units[node]));
                replacement = found[..found.IndexOf((byte)0)];
                return true;
            }
        }

        replacement = default;
        return false;
    }

    private static uint Label(uint unit) => unit & 0x800000FF;

    private static bool HasLeaf(uint unit) => (unit >> 8 & 1) != 0;

    private static int Offset(uint unit) => (int)((unit >> 10) << (int)((unit & 0x200) >> 6));

    private static int Value(uint unit) => (int)(unit & 0x7FFFFFFF);

    /// <summary>Whatever unit a walk comes to, it stays within the array, and whatever it finds is a short string.</summary>
    private void Check()
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(_replacements);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ArgumentException("replacements that are not UTF-8", exception);
        }

        if (_replacements is not [.., 0] || Longest() > LongestReplacement)
        {
            throw new ArgumentException($"replacements that do not end, or of more than {LongestReplacement} bytes");
        }

        for (var index = 0; index < _units.Length; index++)
        {
            var unit = _units[index];
            if (index > 0 && Label(unit) > byte.MaxValue)
            {
                continue;
            }

            var target = index ^ Offset(unit);
            if ((target | (Block - 1)) >= _units.Length)
            {
                throw new ArgumentException($"unit {index} of the double array, which leads out of it");
            }

            if (HasLeaf(unit) && Value(_units[target]) is var value && (value >= _replacements.Length || (_replacements[value] & 0xC0) == 0x80))
            {
                throw new ArgumentException($"unit {index} of the double array, which has no replacement");
            }
        }
    }

    private int Longest()
    {
        var (longest, start) = (0, 0);
        for (var index = 0; index < _replacements.Length; index++)
        {
            if (_replacements[index] == 0)
            {
                longest = Math.Max(longest, index - start);
                start = index + 1;
            }
        }

        return longest;
    }
}
