namespace MiCse.Vectors;

/// <summary>What embeddings are compared with, and what a search sorts by, largest first. See <see cref="Similarity.Of"/>.</summary>
public enum SimilarityMeasure
{
    /// <summary>The cosine of the angle, -1..1; 0 for a vector of zeros.</summary>
    Cosine,

    /// <summary>The dot product.</summary>
    DotProduct,

    /// <summary>The length of the difference, negated: 0 for equal vectors, less for all others.</summary>
    Euclidean,

    /// <summary>The sum of the differences' magnitudes, negated: 0 for equal vectors, less for all others.</summary>
    Manhattan,
}
