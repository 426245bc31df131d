using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>How <see cref="Umap"/> draws its map. The defaults are those of umap-learn, so that maps can be compared.</summary>
public sealed record UmapOptions
{
    /// <summary>
    /// Points that count as near a point, itself included; at least 2. More of them show the large picture, fewer the fine one. Corpora with fewer
    /// points use all there are.
    /// </summary>
    /// <value>The default is 15.</value>
    public int Neighbors { get; init; } = 15;

    /// <summary>The distance in the map within which near points may lie; from 0 up to <see cref="Spread"/>.</summary>
    /// <value>The default is 0.1.</value>
    public double MinDistance { get; init; } = 0.1;

    /// <summary>The distance in the map over which nearness fades; above 0.</summary>
    /// <value>The default is 1.</value>
    public double Spread { get; init; } = 1;

    /// <summary>Passes over the edges of the graph; at least 1.</summary>
    /// <value>The default is null: 500 for up to 10,000 points, 200 above.</value>
    public int? Epochs { get; init; }

    /// <summary>Points drawn at random that push a point away, for each neighbour that attracts it; at least 0.</summary>
    /// <value>The default is 5.</value>
    public int NegativeSamples { get; init; } = 5;

    /// <summary>Length of the first steps; they get shorter from epoch to epoch, down to 0. Above 0.</summary>
    /// <value>The default is 1.</value>
    public double LearningRate { get; init; } = 1;

    /// <summary>Dimensions of the map: 2 for a picture, a few more as input for clustering; from 1 to 100.</summary>
    /// <value>The default is 2.</value>
    public int Components { get; init; } = 2;

    /// <summary>How far embeddings are from each other.</summary>
    /// <value>The default is <see cref="DistanceMetric.Cosine"/>.</value>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Cosine;

    /// <summary>Where randomness starts: the same seed gives the same map.</summary>
    /// <value>The default is 42.</value>
    public long Seed { get; init; } = 42;

    /// <summary>Processor threads, at least 1; the map does not depend on it.</summary>
    /// <value>The default is null: all processors.</value>
    public int? Threads { get; init; }

    internal ParallelOptions Parallel(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };

    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    internal void Validate()
    {
        Require(Neighbors >= 2, $"{nameof(Neighbors)} is {Neighbors}; at least 2 are needed, the point itself and another.");
        Require(Spread > 0 && double.IsFinite(Spread), $"{nameof(Spread)} is {Spread}; it must be above 0.");
        Require(MinDistance >= 0 && MinDistance <= Spread, $"{nameof(MinDistance)} is {MinDistance}; it must be from 0 to {nameof(Spread)}, which is {Spread}.");
        Require(Epochs is null or >= 1, $"{nameof(Epochs)} is {Epochs}; at least 1 is needed.");
        Require(Components is >= 1 and <= UmapLayout.MaxComponents, $"{nameof(Components)} is {Components}; it must be from 1 to {UmapLayout.MaxComponents}.");
        Require(Enum.IsDefined(Metric), $"{nameof(Metric)} is {Metric}, which is none.");
        Require(NegativeSamples >= 0, $"{nameof(NegativeSamples)} is {NegativeSamples}; it cannot be below 0.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"{nameof(LearningRate)} is {LearningRate}; it must be above 0.");
        Require(Threads is null or >= 1, $"{nameof(Threads)} is {Threads}; at least 1 is needed.");
    }

    private static void Require(bool holds, FormattableString otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant(otherwise));
        }
    }
}
