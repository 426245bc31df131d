using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Evaluation.Statistics;

/// <summary>
/// Two measures of an embedding space without a task (Wang and Isola 2020), on vectors scaled to length 1. Lower is better for both;
/// collapsed embeddings have perfect alignment and the worst uniformity, so that neither means anything alone.
/// </summary>
/// <param name="Alignment">The mean squared distance of embeddings that belong together, 0..4; NaN when there are no such pairs.</param>
/// <param name="Uniformity">
/// The logarithm of the mean of exp(-2‖x - y‖²) over all pairs of different embeddings, -8..0; NaN for fewer than two.
/// </param>
public readonly record struct AlignmentUniformity(double Alignment, double Uniformity)
{
    /// <summary>Measures embeddings.</summary>
    /// <param name="first">One side of the pairs that belong together.</param>
    /// <param name="second">The other side, row by row.</param>
    /// <param name="embeddings">All embeddings, each text once.</param>
    /// <exception cref="ArgumentException">The two sides have different shapes.</exception>
    public static AlignmentUniformity Of(EmbeddingMatrix first, EmbeddingMatrix second, EmbeddingMatrix embeddings)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (first.Count != second.Count || first.Dimensions != second.Dimensions)
        {
            throw new ArgumentException($"[{first.Count}, {first.Dimensions}] and [{second.Count}, {second.Dimensions}] are not pairs.", nameof(second));
        }

        return new AlignmentUniformity(AlignmentOf(Normalized(first), Normalized(second)), UniformityOf(Normalized(embeddings)));
    }

    private static double AlignmentOf(EmbeddingMatrix first, EmbeddingMatrix second)
    {
        var sum = 0.0;
        for (var row = 0; row < first.Count; row++)
        {
            var distance = TensorPrimitives.Distance<float>(first[row], second[row]);
            sum += distance * distance;
        }

        return sum / first.Count;
    }

    private static double UniformityOf(EmbeddingMatrix embeddings)
    {
        var sum = 0.0;
        for (var i = 1; i < embeddings.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                // ‖x - y‖² = 2 - 2 x·y for vectors of length 1.
                sum += Math.Exp(4 * (double)TensorPrimitives.Dot<float>(embeddings[i], embeddings[j]) - 4);
            }
        }

        return Math.Log(sum / (embeddings.Count * (embeddings.Count - 1.0) / 2));
    }

    /// <summary>Rows of length 1; a row of zeros stays.</summary>
    private static EmbeddingMatrix Normalized(EmbeddingMatrix embeddings)
    {
        var normalized = new EmbeddingMatrix(embeddings.Count, embeddings.Dimensions);
        for (var row = 0; row < embeddings.Count; row++)
        {
            var norm = TensorPrimitives.Norm<float>(embeddings[row]);
            TensorPrimitives.Divide(embeddings[row], norm == 0 ? 1 : norm, normalized[row]);
        }

        return normalized;
    }
}
