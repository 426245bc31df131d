using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Removes combining marks. Letters that contain their accent stay, so a decomposition comes before it as a rule.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        var ascii = text.IndexOfAnyExceptInRange('\0', '\x7F');
        result.AddRange(ascii < 0 ? text : text[..ascii]);
        foreach (var rune in ascii < 0 ? default : text[ascii..].EnumerateRunes())
        {
            if (!Marks.Contains(rune.Value))
            {
                rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
            }
        }
    }
}
