namespace MiCse.Tokenization.Text;

/// <summary>Texts without lone surrogates.</summary>
internal static class WellFormed
{
    /// <summary>Whether a text has no surrogates at all, and so is well-formed for certain.</summary>
    public static bool IsCertain(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\uD800', '\uDFFF');

    /// <summary>Appends a text with U+FFFD in the place of lone surrogates.</summary>
    public static void Append(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        if (IsCertain(text))
        {
            result.AddRange(text);
            return;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
        }
    }
}
