using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Makes every letter lower case, each by itself.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        Ascii.ToLower(text, result.Extend(text.Length), out var ascii);
        result.Count -= text.Length - ascii;
        foreach (var rune in text[ascii..].EnumerateRunes())
        {
            if ((CodePoints.TraitsOf(rune.Value) & CodePointTraits.HasLowerCase) != 0)
            {
                result.AddRange(CodePoints.LowerCaseOf(rune.Value));
            }
            else
            {
                rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
            }
        }
    }
}
