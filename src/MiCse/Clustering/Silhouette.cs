using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// How much nearer embeddings are to their own cluster than to the next one (Rousseeuw 1987), with the distance 1 - cosine. The mean distance to the
/// members of a cluster follows from the sum of its members of length 1, so that the measure is exact without comparing all pairs. Thread-safe.
/// </summary>
public static class Silhouette
{
    /// <summary>The mean silhouette.</summary>
    /// <param name="embeddings">The embeddings that were clustered: shape [texts, dimensions].</param>
    /// <param name="partition">Their clusters.</param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="cancellationToken">Looked at between blocks of rows.</param>
    /// <returns>
    /// -1..1, higher is better; a row alone in its cluster counts as 0, one in no cluster does not count. NaN when there are fewer than two clusters.
    /// </returns>
    /// <exception cref="ArgumentException">The numbers of rows differ, or a row holds NaN or an infinite number.</exception>
    public static double Of(EmbeddingMatrix embeddings, Partition partition, int? threads = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        if (embeddings.Count != partition.Assignments.Count)
        {
            throw new ArgumentException($"{embeddings.Count} embeddings do not go with a partition of {partition.Assignments.Count}.", nameof(partition));
        }

        if (partition.Count < 2)
        {
            return double.NaN;
        }

        var unit = UnitRows.Of(embeddings);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        var means = Means(unit, partition, parallel);
        var sums = new double[RowBlocks.Count(unit)];
        RowBlocks.Multiply(unit, means, parallel, (block, start, products) =>
        {
            for (var row = start; row < start + products.Length / partition.Count; row++)
            {
                if (partition.Assignments[row] is var own && own != Partition.None)
                {
                    var self = unit[row].ContainsAnyExcept(0f) ? 1 : 0;
                    sums[block] += OfRow(products.Slice((row - start) * partition.Count, partition.Count), own, partition.Members[own].Count, self);
                }
            }
        });
        return sums.Sum() / (partition.Assignments.Count - partition.Unassigned);
    }

    /// <param name="cosines">Mean cosine of the row with the members of each cluster.</param>
    /// <param name="own">The cluster of the row.</param>
    /// <param name="size">How many are in it.</param>
    /// <param name="self">Cosine of the row with itself, which is no part of the mean over the others.</param>
    private static double OfRow(ReadOnlySpan<float> cosines, int own, int size, int self)
    {
        if (size == 1)
        {
            return 0;
        }

        var nearest = double.NegativeInfinity;
        for (var cluster = 0; cluster < cosines.Length; cluster++)
        {
            nearest = cluster == own ? nearest : Math.Max(nearest, cosines[cluster]);
        }

        var within = Math.Max(0, 1 - ((((double)cosines[own] * size) - self) / (size - 1)));
        var between = Math.Max(0, 1 - nearest);
        var larger = Math.Max(within, between);
        return larger == 0 ? 0 : (between - within) / larger;
    }

    private static EmbeddingMatrix Means(EmbeddingMatrix unit, Partition partition, ParallelOptions parallel)
    {
        var means = new EmbeddingMatrix(partition.Count, unit.Dimensions);
        ParallelLoop.For(0, partition.Count, parallel, cluster =>
        {
            var sum = new double[unit.Dimensions];
            foreach (var row in partition.Members[cluster])
            {
                var values = unit[row];
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += values[i];
                }
            }

            var mean = means[cluster];
            for (var i = 0; i < sum.Length; i++)
            {
                mean[i] = (float)(sum[i] / partition.Members[cluster].Count);
            }
        });
        return means;
    }
}
