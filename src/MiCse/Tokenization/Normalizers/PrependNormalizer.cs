using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Puts a string before a text that is not empty.</summary>
internal sealed class PrependNormalizer(string content) : INormalizer
{
    /// <summary>The string.</summary>
    public string Content => content;

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        if (!text.IsEmpty)
        {
            result.AddRange(content);
            WellFormed.Append(text, ref result);
        }
    }
}
