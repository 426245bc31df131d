using System.Numerics;
using System.Runtime.InteropServices;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>
/// Whether what lies near in a map is near by cosine: 1 when every point's nearest in the map are its nearest indeed, lower the farther wrong
/// neighbours come from (Venna, Kaski: "Neighborhood preservation in nonlinear projection methods", ICANN 2001; as scikit-learn computes it).
/// </summary>
public static class Trustworthiness
{
    private const int RowsPerBlock = 32;

    /// <summary>The trustworthiness of a map.</summary>
    /// <param name="embeddings">Shape [texts, dimensions].</param>
    /// <param name="map">Shape [texts, 2], or another number of dimensions.</param>
    /// <param name="neighbors">How many of a point's nearest are looked at; at least 1 and less than half the texts. Scikit-learn's default is 5, too.</param>
    /// <param name="mostRows">With more texts than this, the mean over this many of them, evenly spread, all of them being ranked; null: over all.</param>
    /// <param name="threads">Processor threads; null: all. The result does not depend on it.</param>
    /// <param name="progress">Receives the number of texts done, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <exception cref="ArgumentException">Numbers of rows differ, a number is NaN or infinite, or there are too few texts.</exception>
    public static double Of(
        EmbeddingMatrix embeddings,
        EmbeddingMatrix map,
        int neighbors = 5,
        int? mostRows = null,
        int? threads = null,
        IProgress<long>? progress = null,
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

        var rows = Math.Min(count, mostRows ?? count);
        var vectors = UnitRows.Of(embeddings);
        var looked = rows == count ? vectors : UnitRows.Of(Spread(embeddings, rows));
        var penalties = new long[(rows + RowsPerBlock - 1) / RowsPerBlock];
        var (done, reporting) = (0L, new Lock());
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        ParallelLoop.For(0, penalties.Length, parallel, () => new float[RowsPerBlock * count], (block, cosines) =>
        {
            var (first, end) = (block * RowsPerBlock, Math.Min(rows, (block + 1) * RowsPerBlock));
            DotProducts.Compute(RowBlocks.Values(looked, first, end - first), vectors.Values, vectors.Dimensions, cosines);
            for (var i = first; i < end; i++)
            {
                var row = Place(i, rows, count);
                penalties[block] += Penalty(row, Nearest(map, row, neighbors), cosines.AsSpan((i - first) * count, count));
            }

            lock (reporting)
            {
                progress?.Report(done += end - first);
            }

            return cosines;
        });

        var worst = (double)rows * neighbors * (2L * count - 3L * neighbors - 1) / 2;
        return 1 - penalties.Sum() / worst;
    }

    private static int Place(int index, int rows, int count) => (int)((long)index * count / rows);

    private static EmbeddingMatrix Spread(EmbeddingMatrix embeddings, int rows)
    {
        var spread = new EmbeddingMatrix(rows, embeddings.Dimensions);
        for (var i = 0; i < rows; i++)
        {
            embeddings[Place(i, rows, embeddings.Count)].CopyTo(spread[i]);
        }

        return spread;
    }

    /// <summary>How far beyond the first ranks a point's neighbours in the map are, in all; of equally near ones the first ranks first.</summary>
    private static long Penalty(int row, int[] nearest, Span<float> cosines)
    {
        cosines[row] = float.NegativeInfinity;
        var penalty = 0L;
        foreach (var neighbor in nearest)
        {
            var cosine = cosines[neighbor];
            var rank = 1 + CountAbove(cosines, cosine) + cosines[..neighbor].Count(cosine);
            penalty += Math.Max(0, rank - nearest.Length);
        }

        return penalty;
    }

    private static int CountAbove(ReadOnlySpan<float> values, float limit)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (counts, limits) = (Vector<int>.Zero, new Vector<float>(limit));
        foreach (var vector in vectors)
        {
            // True is -1.
            counts -= Vector.GreaterThan(vector, limits);
        }

        var count = Vector.Sum(counts);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            count += value > limit ? 1 : 0;
        }

        return count;
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
