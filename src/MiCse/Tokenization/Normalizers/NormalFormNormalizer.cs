using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Puts a text into one of the normal forms of Unicode.</summary>
internal sealed class NormalFormNormalizer(NormalForm form) : INormalizer
{
    /// <summary>The form.</summary>
    public NormalForm Form => form;

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result) => Normalization.Append(text, form, ref result);
}
