using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Whether what lies near in a map is near by cosine: 1 when every point's nearest in the map are its nearest indeed, lower the farther wrong
/// neighbours come from (Venna, Kaski: "Neighborhood preservation in nonlinear projection methods", ICANN 2001; as scikit-learn computes it).
/// </summary>
public static class Trustworthiness
{
    private const int RowsPerBlock = 8;

    /// <summary>The trustworthiness of a map.</summary>
    /// <param name="embeddings">Shape [texts, dimensions].</param>
    /// <param name="map">Shape [texts, 2], or another number of dimensions.</param>
    /// <param name="neighbors">How many of a point's nearest are looked at; at least 1 and less than half the texts. Scikit-learn's default is 5, too.</param>
    /// <param name="mostRows">With more texts than this, the mean over this many of them, evenly spread, all of them being ranked; null: over all.</param>
    /// <param name="threads">Processor threads; null: all. The result does not depend on it.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <exception cref="ArgumentException">Numbers of rows differ, a number is NaN or infinite, or there are too few texts.</exception>
    public static double Of(
        EmbeddingMatrix embeddings,
        EmbeddingMatrix map,
        int neighbors = 5,
        int? mostRows = null,
        int? threads = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        if (mostRows is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(mostRows), mostRows, "At least 1 row is needed.");
        }

        if (embeddings.Count != map.Count)
        {
            throw new ArgumentException($"A map of {map.Count} points does not go with {embeddings.Count} embeddings.", nameof(map));
        }

        var count = embeddings.Count;
        if (2L * neighbors >= count)
        {
            throw new ArgumentOutOfRangeException(nameof(neighbors), neighbors, $"Of {count} points, fewer than half can be looked at as neighbours.");
        }

        var vectors = new NeighborVectors(embeddings);
        var rows = Math.Min(count, mostRows ?? count);
        var penalties = new long[(rows + RowsPerBlock - 1) / RowsPerBlock];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, penalties.Length, parallel, () => new float[count], (block, _, cosines) =>
        {
            for (var i = block * RowsPerBlock; i < Math.Min(rows, (block + 1) * RowsPerBlock); i++)
            {
                var row = (int)((long)i * count / rows);
                vectors.Cosines(row..(row + 1), vectors, .., cosines);
                penalties[block] += Penalty(row, Nearest(map, row, neighbors), cosines);
            }

            return cosines;
        }, _ => { });

        var worst = (double)rows * neighbors * (2L * count - 3L * neighbors - 1) / 2;
        return 1 - penalties.Sum() / worst;
    }

    /// <summary>How far beyond the first ranks a point's neighbours in the map are, in all.</summary>
    private static long Penalty(int row, int[] nearest, ReadOnlySpan<float> cosines)
    {
        var penalty = 0L;
        foreach (var neighbor in nearest)
        {
            var cosine = cosines[neighbor];
            var rank = 1;
            for (var other = 0; other < cosines.Length; other++)
            {
                rank += other != row && (cosines[other] > cosine || (cosines[other] == cosine && other < neighbor)) ? 1 : 0;
            }

            penalty += Math.Max(0, rank - nearest.Length);
        }

        return penalty;
    }

    private static int[] Nearest(EmbeddingMatrix map, int row, int count)
    {
        var nearest = new PriorityQueue<int, (double, int)>(count + 1);
        var place = map[row];
        for (var other = 0; other < map.Count; other++)
        {
            if (other == row)
            {
                continue;
            }

            // The farthest comes out first; of equally far ones, the last.
            var distance = Distance(place, map[other]);
            if (nearest.Count < count)
            {
                nearest.Enqueue(other, (-distance, -other));
            }
            else if (nearest.TryPeek(out _, out var farthest) && -distance > farthest.Item1)
            {
                nearest.DequeueEnqueue(other, (-distance, -other));
            }
        }

        return [.. nearest.UnorderedItems.Select(item => item.Element)];
    }

    private static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            var difference = (double)first[i] - second[i];
            sum += difference * difference;
        }

        return double.IsNaN(sum) ? throw new ArgumentException("The map holds NaN; only finite numbers are places.") : sum;
    }
}
