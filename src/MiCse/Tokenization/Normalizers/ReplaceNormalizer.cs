using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Replaces every occurrence of a string, from left to right.</summary>
/// <param name="pattern">The string, not empty.</param>
/// <param name="content">What stands in its place.</param>
internal sealed class ReplaceNormalizer(string pattern, string content) : INormalizer
{
    /// <summary>What is replaced.</summary>
    public string Pattern => pattern;

    /// <summary>What stands in its place.</summary>
    public string Content => content;

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        for (var found = text.IndexOf(pattern); found >= 0; found = text.IndexOf(pattern))
        {
            WellFormed.Append(text[..found], ref result);
            result.AddRange(content);
            text = text[(found + pattern.Length)..];
        }

        WellFormed.Append(text, ref result);
    }
}
