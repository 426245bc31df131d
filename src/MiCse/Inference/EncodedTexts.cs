using MiCse.Vectors;

namespace MiCse.Inference;

/// <summary>What <see cref="SentenceEncoder.Encode(IReadOnlyList{string}, IProgress{EncodeProgress}?, CancellationToken)"/> returns, in input order.</summary>
/// <param name="Embeddings">Shape [texts, dimensions].</param>
/// <param name="TokenCounts">Tokens of each text as encoded, special tokens included.</param>
/// <param name="Truncated">Whether each text was cut to the model's length.</param>
public sealed record EncodedTexts(EmbeddingMatrix Embeddings, IReadOnlyList<int> TokenCounts, IReadOnlyList<bool> Truncated)
{
    /// <summary>How many texts were cut.</summary>
    public int TruncatedCount
    {
        get
        {
            var count = 0;
            for (var text = 0; text < Truncated.Count; text++)
            {
                count += Truncated[text] ? 1 : 0;
            }

            return count;
        }
    }
}
