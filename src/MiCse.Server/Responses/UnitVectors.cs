using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Server.Responses;

/// <summary>Embeddings cut to their first dimensions and scaled to length 1, as all dialects want them.</summary>
internal static class UnitVectors
{
    /// <summary>A copy; a vector of zeros stays.</summary>
    public static EmbeddingMatrix Of(EmbeddingMatrix embeddings, int dimensions, bool normalize)
    {
        var vectors = new EmbeddingMatrix(embeddings.Count, dimensions);
        for (var row = 0; row < embeddings.Count; row++)
        {
            embeddings[row][..dimensions].CopyTo(vectors[row]);
        }

        return normalize ? UnitRows.Of(vectors) : vectors;
    }

    /// <summary>The cosine of two vectors of length 1.</summary>
    public static float Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => Math.Clamp(TensorPrimitives.Dot(first, second), -1f, 1f);
}
