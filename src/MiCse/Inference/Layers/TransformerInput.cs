using MiCse.Tokenization;

namespace MiCse.Inference.Layers;

/// <summary>Texts as ids, padded to one length.</summary>
/// <param name="Count">Texts.</param>
/// <param name="Length">Tokens of each, padding included.</param>
/// <param name="Ids">[texts, tokens]</param>
/// <param name="Mask">1 for tokens to attend to, 0 for the others. [texts, tokens]</param>
/// <param name="TokenTypes">[texts, tokens]; null is 0 everywhere.</param>
internal sealed record TransformerInput(int Count, int Length, ReadOnlyMemory<int> Ids, ReadOnlyMemory<int> Mask, ReadOnlyMemory<int>? TokenTypes = null)
{
    /// <summary>The whole of a batch.</summary>
    public TransformerInput(TokenBatch batch)
        : this(batch.Count, batch.Length, batch.Ids, batch.Mask)
    {
    }

    /// <summary>The mask of a text.</summary>
    public ReadOnlySpan<int> MaskOf(int text) => Mask.Span.Slice(text * Length, Length);

    /// <summary>Some of the texts.</summary>
    public TransformerInput Slice(int first, int count) => new(
        count,
        Length,
        Ids.Slice(first * Length, count * Length),
        Mask.Slice(first * Length, count * Length),
        TokenTypes?.Slice(first * Length, count * Length));
}
