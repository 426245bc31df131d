namespace MiCse.Search;

/// <summary>Which pairs <see cref="ParaphraseMining"/> looks for.</summary>
public sealed record ParaphraseOptions
{
    /// <summary>The least cosine of a pair.</summary>
    /// <value>The default is 0.8.</value>
    public double MinScore { get; init; } = 0.8;

    /// <summary>A pair counts when one of the two is among so many most similar rows of the other.</summary>
    /// <value>The default is 100. It bounds the number of pairs where thousands of rows are equal.</value>
    public int Neighbors { get; init; } = 100;

    /// <summary>Processor threads; the pairs do not depend on them.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }
}
