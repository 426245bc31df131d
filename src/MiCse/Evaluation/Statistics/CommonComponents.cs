using System.Numerics.Tensors;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Evaluation.Statistics;

/// <summary>
/// What all sentences of a task have in common, taken out of their embeddings: v - Σ wᵢ (v · dᵢ) dᵢ over the main directions dᵢ of all of them, wᵢ being a direction's
/// share of the squared lengths that the removed directions explain. With one direction this is the last step of SIF (Arora, Liang and Ma, 2017), with five that
/// of uSIF (Ethayarajh, 2018).
/// </summary>
internal static class CommonComponents
{
    private const long Seed = 42;

    /// <summary>Changes the embeddings.</summary>
    /// <param name="embeddings">Every sentence once. [sentences, dimensions]</param>
    /// <param name="count">Directions; at least 1.</param>
    /// <exception cref="ArgumentException">There are fewer dimensions or sentences than directions, or the embeddings do not vary along so many.</exception>
    public static void Remove(EmbeddingMatrix embeddings, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var directions = Directions(embeddings, count);
        var squares = new double[count];
        for (var row = 0; row < embeddings.Count; row++)
        {
            for (var index = 0; index < count; index++)
            {
                var product = TensorPrimitives.Dot(embeddings[row], directions[index]);
                squares[index] += product * product;
            }
        }

        var total = squares.Sum();
        for (var row = 0; row < embeddings.Count; row++)
        {
            // The directions are orthogonal: what one takes away does not change the product with the next.
            for (var index = 0; index < count; index++)
            {
                var product = TensorPrimitives.Dot(embeddings[row], directions[index]) * (float)(squares[index] / total);
                TensorPrimitives.MultiplyAdd(directions[index], -product, embeddings[row], embeddings[row]);
            }
        }
    }

    private static EmbeddingMatrix Directions(EmbeddingMatrix embeddings, int count)
    {
        try
        {
            return PrincipalDirections.AboutOrigin(embeddings, count, Seed, new ParallelOptions());
        }
        catch (Exception cause) when (cause is ArithmeticException or ArgumentOutOfRangeException)
        {
            throw new ArgumentException(
                $"{count} common components cannot be removed from {embeddings.Count} embeddings of {embeddings.Dimensions} dimensions: they do not vary along so many directions. Remove fewer.", cause);
        }
    }
}
