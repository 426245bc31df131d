using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>How a <see cref="VectorIndex"/> is searched.</summary>
public sealed record SearchOptions
{
    /// <summary>The similarity.</summary>
    /// <value>The default is <see cref="SimilarityMeasure.Cosine"/>.</value>
    public SimilarityMeasure Measure { get; init; } = SimilarityMeasure.Cosine;

    /// <summary>Rows with a lower score are no hits.</summary>
    /// <value>The default is null: any score will do.</value>
    public double? MinScore { get; init; }

    /// <summary>Processor threads; the results do not depend on them.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }
}
