using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>SentencePiece's rules for machine translation: control characters are removed, separators and invisible characters become the space.</summary>
internal sealed class NmtNormalizer : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F:
                    break;
                case 0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD:
                    result.Add(' ');
                    break;
                default:
                    rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
                    break;
            }
        }
    }
}
