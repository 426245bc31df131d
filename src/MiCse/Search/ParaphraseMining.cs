using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// Finds the pairs of similar rows among all pairs, exactly, block by block: time grows with the square of the number of rows, memory with the number
/// itself.
/// </summary>
public static class ParaphraseMining
{
    /// <summary>The pairs, best first; of equal scores the smaller row numbers first.</summary>
    /// <param name="embeddings">One row a text.</param>
    /// <param name="options">Least score, neighbours, threads.</param>
    /// <param name="progress">Receives the number of rows compared with all others, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a few rows.</param>
    /// <exception cref="ArgumentException">A row has numbers that are not finite, or an option is out of range.</exception>
    public static IReadOnlyList<SentencePair> Find(
        EmbeddingMatrix embeddings, ParaphraseOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
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
        // One more than asked for, because a row is found by itself.
        var request = new ScanRequest(embeddings, norms, (int)Math.Min(options.Neighbors + 1L, int.MaxValue), SimilarityMeasure.Cosine, options.MinScore);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        var pairs = new SentencePair[embeddings.Count][];
        ExactSearch.ByQueries(
            request,
            rows,
            parallel,
            (row, best) => pairs[row] = [.. best.Where(hit => hit.Row.Row != row).Take(options.Neighbors).Select(hit => Pair(row, hit))],
            progress);
        return Distinct(pairs.SelectMany(found => found));
    }

    // A cosine has the same bits whichever of the two comes first, so that both rows find the same pair.
    private static SentencePair Pair(int row, ScoredRow hit) => new(Math.Min(row, hit.Row.Row), Math.Max(row, hit.Row.Row), hit.Score);

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

/// <summary>Two rows that are similar.</summary>
/// <param name="First">The smaller row number, counted from 0.</param>
/// <param name="Second">The larger one.</param>
/// <param name="Score">Their cosine.</param>
public readonly record struct SentencePair(int First, int Second, double Score);
