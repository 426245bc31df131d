using MiCse.Vectors;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>How a collection turns a similarity into the score of a hit.</summary>
/// <param name="Measure">The similarity.</param>
/// <param name="IsDistance">Whether the score is a distance, small for what is like the query.</param>
internal sealed record ScoreFunction(SimilarityMeasure Measure, bool IsDistance)
{
    /// <exception cref="NotSupportedException">The property asks for another distance function.</exception>
    public static ScoreFunction Of(VectorPropertyModel property) => property.DistanceFunction switch
    {
        null or DistanceFunction.CosineSimilarity => new ScoreFunction(SimilarityMeasure.Cosine, IsDistance: false),
        DistanceFunction.CosineDistance => new ScoreFunction(SimilarityMeasure.Cosine, IsDistance: true),
        DistanceFunction.DotProductSimilarity => new ScoreFunction(SimilarityMeasure.DotProduct, IsDistance: false),
        DistanceFunction.NegativeDotProductSimilarity => new ScoreFunction(SimilarityMeasure.DotProduct, IsDistance: true),
        var other => throw new NotSupportedException(
            $"Property '{property.ModelName}' asks for {other}; supported are CosineSimilarity (the default), CosineDistance, DotProductSimilarity and NegativeDotProductSimilarity."),
    };

    /// <summary>1 - cosine, or the negative dot product, where the score is a distance.</summary>
    public double Score(double similarity) => !IsDistance ? similarity : Measure == SimilarityMeasure.Cosine ? 1 - similarity : -similarity;

    /// <summary>Whether a score is good enough.</summary>
    public bool Passes(double score, double? threshold) => threshold is not { } limit || (IsDistance ? score <= limit : score >= limit);
}
