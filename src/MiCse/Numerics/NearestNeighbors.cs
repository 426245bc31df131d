using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>The nearest neighbours of every row of a matrix, exact, nearest first; equally near ones by their number.</summary>
internal sealed class NearestNeighbors
{
    // A block of distances fits a core's first cache, its keys the second.
    private const int QueriesPerBlock = 32;
    private const int KeysPerBlock = 192;

    private readonly int[] _indices;
    private readonly float[] _distances;

    private NearestNeighbors(int rows, int count)
    {
        Rows = rows;
        Count = count;
        _indices = new int[(long)rows * count];
        _distances = new float[(long)rows * count];
    }

    /// <summary>Rows that have neighbours.</summary>
    public int Rows { get; }

    /// <summary>Neighbours of each row.</summary>
    public int Count { get; }

    /// <summary>The neighbours' rows.</summary>
    public ReadOnlySpan<int> Indices(int row) => _indices.AsSpan(row * Count, Count);

    /// <summary>0 or more, rising.</summary>
    public ReadOnlySpan<float> Distances(int row) => _distances.AsSpan(row * Count, Count);

    /// <summary>The neighbours of each row among the others; a row is no neighbour of itself.</summary>
    /// <param name="vectors">As <see cref="PairwiseDistances.Prepare"/> returns them.</param>
    /// <param name="count">How many; fewer where there are fewer others.</param>
    /// <param name="progress">Receives the number of rows done, one call at a time.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="metric">The distance.</param>
    public static NearestNeighbors Of(
        EmbeddingMatrix vectors, int count, IProgress<int>? progress, ParallelOptions parallel, DistanceMetric metric = DistanceMetric.Cosine) =>
        Find(vectors, vectors, metric, Math.Min(count, Math.Max(0, vectors.Count - 1)), progress, parallel);

    /// <summary>The neighbours of each row of one matrix among the rows of another.</summary>
    public static NearestNeighbors Between(
        EmbeddingMatrix queries, EmbeddingMatrix keys, int count, ParallelOptions parallel, DistanceMetric metric = DistanceMetric.Cosine) =>
        Find(queries, keys, metric, Math.Min(count, keys.Count), progress: null, parallel);

    private static NearestNeighbors Find(
        EmbeddingMatrix queries, EmbeddingMatrix keys, DistanceMetric metric, int count, IProgress<int>? progress, ParallelOptions parallel)
    {
        var found = new NearestNeighbors(queries.Count, count);
        if (count == 0)
        {
            return found;
        }

        var done = 0;
        var reporting = new Lock();
        ParallelLoop.For(0, (queries.Count + QueriesPerBlock - 1) / QueriesPerBlock, parallel, () => new float[QueriesPerBlock * KeysPerBlock], (block, distances) =>
        {
            var (first, end) = (block * QueriesPerBlock, Math.Min(queries.Count, (block + 1) * QueriesPerBlock));
            found.Search(queries, keys, metric, first..end, distances, parallel.CancellationToken);
            lock (reporting)
            {
                progress?.Report(done += end - first);
            }

            return distances;
        });
        return found;
    }

    private void Search(
        EmbeddingMatrix queries, EmbeddingMatrix keys, DistanceMetric metric, Range block, float[] distances, CancellationToken cancellationToken)
    {
        var (first, length) = block.GetOffsetAndLength(queries.Count);
        _distances.AsSpan(first * Count, length * Count).Fill(float.PositiveInfinity);
        for (var firstKey = 0; firstKey < keys.Count; firstKey += KeysPerBlock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var endKey = Math.Min(keys.Count, firstKey + KeysPerBlock);
            PairwiseDistances.Compute(
                RowBlocks.Values(queries, first, length), RowBlocks.Values(keys, firstKey, endKey - firstKey), keys.Dimensions, metric, distances);
            for (var row = 0; row < length; row++)
            {
                var self = ReferenceEquals(queries, keys) ? first + row : -1;
                Take(first + row, self, firstKey, distances.AsSpan(row * (endKey - firstKey), endKey - firstKey));
            }
        }
    }

    /// <summary>Puts keys that are nearer than the farthest neighbour so far into the sorted list.</summary>
    private void Take(int row, int self, int firstKey, ReadOnlySpan<float> found)
    {
        var indices = _indices.AsSpan(row * Count, Count);
        var distances = _distances.AsSpan(row * Count, Count);
        for (var i = 0; i < found.Length; i++)
        {
            var distance = found[i];
            if (distance >= distances[^1] || firstKey + i == self)
            {
                continue;
            }

            // Keys come in rising order, so one that is as near as others goes behind them.
            var place = Count - 1;
            for (; place > 0 && distances[place - 1] > distance; place--)
            {
                (indices[place], distances[place]) = (indices[place - 1], distances[place - 1]);
            }

            (indices[place], distances[place]) = (firstKey + i, distance);
        }
    }
}
