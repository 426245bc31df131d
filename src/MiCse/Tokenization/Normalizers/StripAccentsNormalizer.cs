using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Removes combining marks. Letters that contain their accent stay, so a decomposition comes before it as a rule.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Marks.Contains(rune.Value))
            {
                rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
            }
        }
    }
}
