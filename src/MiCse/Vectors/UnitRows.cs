using System.Numerics.Tensors;

namespace MiCse.Vectors;

/// <summary>Embeddings scaled to length 1, whose dot products are cosines.</summary>
internal static class UnitRows
{
    /// <summary>A scaled copy; a row of zeros stays, since it points nowhere.</summary>
    /// <exception cref="ArgumentException">A row holds NaN or an infinite number; the message says which.</exception>
    public static EmbeddingMatrix Of(EmbeddingMatrix embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        var unit = new EmbeddingMatrix(embeddings.Count, embeddings.Dimensions);
        for (var row = 0; row < embeddings.Count; row++)
        {
            ReadOnlySpan<float> values = embeddings[row];
            var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(values));
            if (!float.IsFinite(largest))
            {
                throw new ArgumentException(
                    $"Embedding {row} (counted from 0) holds {(float.IsNaN(largest) ? "NaN" : "an infinite number")}; only finite numbers have cosines.",
                    nameof(embeddings));
            }

            if (largest > 0)
            {
                // By the largest first, so that no square overflows or vanishes.
                var target = unit[row];
                TensorPrimitives.Divide(values, largest, target);
                TensorPrimitives.Divide(target, TensorPrimitives.Norm<float>(target), target);
            }
        }

        return unit;
    }
}
