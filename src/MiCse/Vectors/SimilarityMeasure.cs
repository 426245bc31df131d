namespace MiCse.Vectors;

/// <summary>What a search sorts by, largest first.</summary>
public enum SimilarityMeasure
{
    /// <summary>The cosine of the angle, -1..1; 0 for a vector of zeros.</summary>
    Cosine,

    /// <summary>The dot product.</summary>
    DotProduct,
}
