namespace MiCse.Vectors;

/// <summary>How far two vectors are from each other.</summary>
public enum DistanceMetric
{
    /// <summary>1 - cosine, 0..2; lengths do not matter. A vector of zeros is at 1 from all others.</summary>
    Cosine,

    /// <summary>The length of the difference.</summary>
    Euclidean,
}
