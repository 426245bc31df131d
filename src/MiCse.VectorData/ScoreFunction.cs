using MiCse.Vectors;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>How a collection turns a similarity into the score of a hit.</summary>
/// <param name="Measure">The similarity.</param>
/// <param name="IsDistance">Whether the score is a distance, small for what is like the query.</param>
/// <param name="IsSquared">Whether the distance is squared.</param>
internal sealed record ScoreFunction(SimilarityMeasure Measure, bool IsDistance, bool IsSquared = false)
{
    /// <exception cref="NotSupportedException">The property asks for another distance function.</exception>
    public static ScoreFunction Of(VectorPropertyModel property) => property.DistanceFunction switch
    {
        null or DistanceFunction.CosineSimilarity => new ScoreFunction(SimilarityMeasure.Cosine, IsDistance: false),
        DistanceFunction.CosineDistance => new ScoreFunction(SimilarityMeasure.Cosine, IsDistance: true),
        DistanceFunction.DotProductSimilarity => new ScoreFunction(SimilarityMeasure.DotProduct, IsDistance: false),
        DistanceFunction.NegativeDotProductSimilarity => new ScoreFunction(SimilarityMeasure.DotProduct, IsDistance: true),
        DistanceFunction.EuclideanDistance => new ScoreFunction(SimilarityMeasure.Euclidean, IsDistance: true),
        DistanceFunction.EuclideanSquaredDistance => new ScoreFunction(SimilarityMeasure.Euclidean, IsDistance: true, IsSquared: true),
        DistanceFunction.ManhattanDistance => new ScoreFunction(SimilarityMeasure.Manhattan, IsDistance: true),
        var other => throw new NotSupportedException(
            $"Property '{property.ModelName}' asks for {other}; supported are CosineSimilarity (the default), CosineDistance, DotProductSimilarity, NegativeDotProductSimilarity, EuclideanDistance, EuclideanSquaredDistance and ManhattanDistance."),
    };

    /// <summary>1 - cosine, or the negated similarity, where the score is a distance.</summary>
    public double Score(double similarity) => !IsDistance ? similarity
        : Measure == SimilarityMeasure.Cosine ? 1 - similarity
        : IsSquared ? similarity * similarity
        : -similarity;

    /// <summary>Whether a score is good enough.</summary>
    public bool Passes(double score, double? threshold) => threshold is not { } limit || (IsDistance ? score <= limit : score >= limit);
}
