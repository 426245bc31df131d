namespace MiCse.Clustering;

/// <summary>How <see cref="KMeans"/> works. Values out of range are refused when it starts.</summary>
public sealed record KMeansOptions
{
    /// <summary>The number of clusters; at least 1. There are fewer when there are fewer different directions among the embeddings.</summary>
    public required int Clusters { get; init; }

    /// <summary>How often to start from other centres; the result with the smallest inertia is kept.</summary>
    /// <value>The default is 4.</value>
    public int Restarts { get; init; } = 4;

    /// <summary>The most iterations of one start.</summary>
    /// <value>The default is 100.</value>
    public int MaxIterations { get; init; } = 100;

    /// <summary>A start ends when an iteration lowers the inertia by no more than this share of it; 0 goes on until nothing changes.</summary>
    /// <value>The default is 0.0001.</value>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Where randomness starts: the same seed gives the same clusters with any number of threads.</summary>
    /// <value>The default is 42.</value>
    public long Seed { get; init; } = 42;

    /// <summary>Processor threads.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Clusters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Restarts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Tolerance);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
    }
}
