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

    /// <summary>
    /// The share of the nearest rows that is enough, above 0 to 1: in an index that <see cref="VectorIndexWriter.Divide"/> has divided into cells, as few of them are read as found this share when
    /// that was measured. Only <see cref="SimilarityMeasure.Cosine"/> searches approximately; what was added after the division is always read.
    /// </summary>
    /// <value>The default is null: all of the nearest rows, exactly, as 1 is.</value>
    public double? Recall { get; init; }

    /// <summary>Processor threads; the results do not depend on them.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }
}
