using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// Finds the pairs of like rows among all pairs, exactly, block by block: time grows with the square of the number of rows, memory with the number
/// itself.
/// </summary>
public static class ParaphraseMining
{
    /// <summary>Rows that are compared with all others together.</summary>
    private const int RowsAtOnce = 64;

    /// <summary>The pairs, best first; of equal scores the smaller row numbers first.</summary>
    /// <param name="embeddings">One row a text.</param>
    /// <param name="options">Least score, neighbours, threads.</param>
    /// <param name="progress">Told the number of rows compared with all others, one call at a time, from any thread.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    /// <exception cref="ArgumentException">A row has numbers that are not finite, or an option is out of range.</exception>
    public static IReadOnlyList<SentencePair> Find(
        EmbeddingMatrix embeddings, ParaphraseOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        options ??= new ParaphraseOptions();
        Check(options);
        var norms = new double[embeddings.Count];
        for (var row = 0; row < norms.Length; row++)
        {
            norms[row] = VectorRange.Norm(embeddings[row], embeddings.Dimensions, $"row {row} (counted from 0)");
        }

        using var rows = new PaddedRows(embeddings, norms);
        var groups = new SentencePair[(embeddings.Count + RowsAtOnce - 1) / RowsAtOnce][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellation };
        var reporting = new Lock();
        var done = 0L;
        Parallel.For(0, groups.Length, parallel, group =>
        {
            var range = (group * RowsAtOnce)..Math.Min(embeddings.Count, (group + 1) * RowsAtOnce);
            groups[group] = [.. Neighbors(embeddings, norms, rows, range, options, cancellation)];
            lock (reporting)
            {
                done += range.End.Value - range.Start.Value;
                progress?.Report(done);
            }
        });
        return Distinct(groups.SelectMany(pairs => pairs));
    }

    private static void Check(ParaphraseOptions options)
    {
        if (options.Neighbors < 1)
        {
            throw new ArgumentException($"Neighbors is {options.Neighbors}; at least 1 is needed.");
        }

        if (double.IsNaN(options.MinScore))
        {
            throw new ArgumentException("MinScore is not a number.");
        }

        if (options.Threads < 1)
        {
            throw new ArgumentException($"Threads is {options.Threads}; at least 1 is needed.");
        }
    }

    /// <summary>The best partners of some rows.</summary>
    private static IEnumerable<SentencePair> Neighbors(
        EmbeddingMatrix embeddings, double[] norms, PaddedRows rows, Range range, ParaphraseOptions options, CancellationToken cancellation)
    {
        var (first, count) = range.GetOffsetAndLength(embeddings.Count);
        var scorers = BlockScan.Group(range, embeddings.Count, group => new Float32Scorer(embeddings, norms, group, SimilarityMeasure.Cosine));
        var floors = new float[count];
        Array.Fill(floors, MathF.BitDecrement((float)options.MinScore));
        // One more than asked for, because a row is found by itself.
        var scan = new BlockScan(scorers, (int)Math.Min(options.Neighbors + 1L, int.MaxValue), floors, Settle);
        for (var start = 0; start < embeddings.Count; start += BlockScan.RowsPerBlock)
        {
            cancellation.ThrowIfCancellationRequested();
            scan.Scan(rows.Block(start, Math.Min(BlockScan.RowsPerBlock, embeddings.Count - start)), segment: 0, start, removed: null);
        }

        return Enumerable.Range(first, count).SelectMany(row => Best(embeddings, row, scan[row - first].Rows(), options)
            .Select(hit => new SentencePair(Math.Min(row, hit.Row.Row), Math.Max(row, hit.Row.Row), hit.Score)));

        void Settle(int query, List<Candidate> candidates)
        {
            var best = Best(embeddings, first + query, candidates, options);
            candidates.Clear();
            candidates.AddRange(best.Select(hit => hit.Row));
        }
    }

    private static (Candidate Row, double Score)[] Best(EmbeddingMatrix embeddings, int row, IReadOnlyList<Candidate> candidates, ParaphraseOptions options)
    {
        var scored = new List<(Candidate Row, double Score)>();
        var (before, score) = (-1, 0.0);
        foreach (var candidate in candidates)
        {
            // A cosine has the same bits whichever of the two comes first, so that both find the same score; and copies need no other.
            if (before < 0 || !embeddings[candidate.Row].SequenceEqual(embeddings[before]))
            {
                (before, score) = (candidate.Row, Similarity.Cosine(embeddings[row], embeddings[candidate.Row]));
            }

            if (candidate.Row != row && score >= options.MinScore)
            {
                scored.Add((candidate, score));
            }
        }

        return [.. scored.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row.Row).Take(options.Neighbors)];
    }

    private static List<SentencePair> Distinct(IEnumerable<SentencePair> pairs)
    {
        var sorted = pairs.ToList();
        sorted.Sort((a, b) => b.Score.CompareTo(a.Score) is var order and not 0 ? order : (a.First, a.Second).CompareTo((b.First, b.Second)));
        // Both may have found the pair; then it comes twice in a row.
        var distinct = new List<SentencePair>(sorted.Count);
        foreach (var pair in sorted)
        {
            if (distinct.Count == 0 || distinct[^1] != pair)
            {
                distinct.Add(pair);
            }
        }

        return distinct;
    }
}
