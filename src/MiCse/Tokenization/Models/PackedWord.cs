namespace MiCse.Tokenization.Models;

/// <summary>
/// A word of at most 15 characters below U+0100 as one number of 128 bits: a byte a character from the lowest on, and its length in the
/// highest, so that different words are different numbers.
/// </summary>
/// <param name="Low">The first eight characters.</param>
/// <param name="High">The others, and the length.</param>
internal readonly record struct PackedWord(ulong Low, ulong High)
{
    private const int LengthShift = 56;
    private const int MostCharacters = 15;

    /// <summary>Packs a word; false when it is too long or has other characters.</summary>
    public static bool TryPack(ReadOnlySpan<char> word, out PackedWord packed)
    {
        packed = default;
        if (word.Length > MostCharacters)
        {
            return false;
        }

        var (low, high, all) = (0UL, 0UL, 0);
        for (var index = Math.Min(word.Length, 8) - 1; index >= 0; index--)
        {
            low = (low << 8) | word[index];
            all |= word[index];
        }

        for (var index = word.Length - 1; index >= 8; index--)
        {
            high = (high << 8) | word[index];
            all |= word[index];
        }

        packed = new PackedWord(low, high | ((ulong)word.Length << LengthShift));
        return all <= byte.MaxValue;
    }

    /// <summary>The first characters as a word.</summary>
    /// <param name="length">How many, at least 1 and no more than there are.</param>
    public PackedWord Prefix(int length) => length <= 8
        ? new PackedWord(Low & (ulong.MaxValue >> (64 - (8 * length))), (ulong)length << LengthShift)
        : new PackedWord(Low, (High & ((1UL << (8 * (length - 8))) - 1)) | ((ulong)length << LengthShift));
}
