using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Hierarchical clustering by density, which finds the number of clusters itself and leaves out what is in none (Campello, Moulavi, Sander:
/// "Density-based clustering based on hierarchical density estimates", 2013; McInnes, Healy: "Accelerated hierarchical density based clustering",
/// 2017). Exact: all pairs of rows are compared, so time grows with the square of their number, memory with the number itself. Thread-safe.
/// </summary>
/// <remarks>
/// In hundreds of dimensions nearly all rows are equally far from each other; a map of a few components shows more:
/// <c>Partition.Of(embeddings, Hdbscan.Cluster(Umap.Fit(embeddings, new() { Components = 5, MinDistance = 0 }).Points, new() { Metric = DistanceMetric.Euclidean }).Assignments)</c>.
/// </remarks>
public static class Hdbscan
{
    /// <summary>Clusters rows.</summary>
    /// <param name="embeddings">Shape [texts, dimensions]; not changed.</param>
    /// <param name="options">The smallest cluster and the distance; null: the defaults.</param>
    /// <param name="progress">Receives the share of the work that is done, 0..1, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Looked at between blocks of rows.</param>
    /// <returns>
    /// The clusters of the greatest stability (excess of mass), never one of all rows; centres are the mean directions of the members. Of equally
    /// long edges the one between earlier rows comes first.
    /// </returns>
    /// <exception cref="ArgumentException">A row holds NaN or an infinite number; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Partition Cluster(
        EmbeddingMatrix embeddings, HdbscanOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        options ??= new HdbscanOptions();
        options.Validate();
        var rows = PairwiseDistances.Prepare(embeddings, options.Metric);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var neighbors = NearestNeighbors.Of(rows, (options.MinSamples ?? options.MinSize) - 1, progress: null, parallel, options.Metric);
        var cores = new float[rows.Count];
        for (var row = 0; row < cores.Length; row++)
        {
            cores[row] = neighbors.Count == 0 ? 0 : neighbors.Distances(row)[^1];
        }

        var edges = MinimumSpanningTree.Of(rows, cores, options.Metric, parallel, progress);
        var assignments = new CondensedTree(rows.Count, edges, options.MinSize).SelectClusters();
        progress?.Report(1);
        return Partition.Of(embeddings, assignments);
    }
}
