using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>How <see cref="Hdbscan"/> works. Values out of range are refused when it starts.</summary>
public sealed record HdbscanOptions
{
    /// <summary>The smallest cluster; at least 2.</summary>
    /// <value>The default is 5.</value>
    public int MinSize { get; init; } = 5;

    /// <summary>
    /// Rows around a row, itself included, that tell how dense it is there; at least 1. More of them leave more rows in no cluster.
    /// </summary>
    /// <value>The default is null: <see cref="MinSize"/>.</value>
    public int? MinSamples { get; init; }

    /// <summary>How far rows are from each other: Euclidean for the points of a map.</summary>
    /// <value>The default is <see cref="DistanceMetric.Cosine"/>.</value>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Cosine;

    /// <summary>Processor threads; they change the time and not the result.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSamples ?? 1, 1, nameof(MinSamples));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
        if (!Enum.IsDefined(Metric))
        {
            throw new ArgumentOutOfRangeException(nameof(Metric), Metric, "There is no such metric.");
        }
    }
}
