using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>The first stage of a tokenizer: what happens to a text before it is cut. Immutable and thread-safe.</summary>
internal interface INormalizer
{
    /// <summary>Appends the normalized text; lone surrogates become U+FFFD.</summary>
    void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result);
}

/// <summary>What every normalizer can do besides.</summary>
internal static class NormalizerExtensions
{
    /// <summary>The normalized text.</summary>
    public static string Normalize(this INormalizer normalizer, string text)
    {
        var result = new PooledBuffer<char>(text.Length);
        try
        {
            normalizer.Normalize(text, ref result);
            return new string(result.Items);
        }
        finally
        {
            result.Dispose();
        }
    }
}
