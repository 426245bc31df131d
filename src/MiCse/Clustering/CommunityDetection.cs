using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Groups of embeddings around centres that are embeddings themselves, by a least cosine instead of a number of clusters (the "fast clustering" of
/// sentence-transformers). The embedding with the most neighbours is the first centre and takes them all; the next is the one with the most
/// neighbours among those not taken yet to be a member, and so on. Takes memory for the embeddings and a few numbers a row, never for all pairs.
/// Thread-safe.
/// </summary>
public static class CommunityDetection
{
    /// <summary>Centres whose long lists of neighbours are found together: enough to be worth a matrix product.</summary>
    private const int CentersAtATime = 32;

    /// <summary>Finds the communities; the lengths of the embeddings do not matter.</summary>
    /// <param name="embeddings">Shape [texts, dimensions]; not changed.</param>
    /// <param name="options">The least cosine and the smallest size; null: the defaults.</param>
    /// <param name="progress">Receives the share of all pairs that has been compared, 0..1.</param>
    /// <param name="cancellationToken">Looked at between blocks of rows.</param>
    /// <returns>
    /// The communities; the centre of each is an embedding, its first member or a copy of it. Rows without enough neighbours are in none. Of
    /// embeddings with equally many neighbours the earlier goes first.
    /// </returns>
    /// <exception cref="ArgumentException">A row holds NaN or an infinite number; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Partition Detect(
        EmbeddingMatrix embeddings, CommunityOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new CommunityOptions();
        options.Validate();
        var unit = UnitRows.Of(embeddings);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var graph = SimilarityGraph.Build(unit, options.MinScore, parallel, progress);
        var assignments = new int[unit.Count];
        Array.Fill(assignments, Partition.None);
        var centers = new List<int>();
        var candidates = new Queue<int>(Enumerable.Range(0, unit.Count)
            .Where(row => graph.Degree(row) + 1 >= options.MinSize)
            .OrderByDescending(graph.Degree)
            .ThenBy(row => row));
        while (Next(candidates, assignments) is { Count: > 0 } batch)
        {
            var neighbors = graph.Neighbors(batch, row => assignments[row] == Partition.None, parallel);
            for (var i = 0; i < batch.Count; i++)
            {
                AddCommunity(batch[i], neighbors[i]);
            }
        }

        return Complete(unit, assignments, centers);

        void AddCommunity(int center, IReadOnlyList<int> neighbors)
        {
            if (assignments[center] != Partition.None)
            {
                return;
            }

            int[] members = [center, .. neighbors.Where(row => assignments[row] == Partition.None)];
            if (members.Length >= options.MinSize)
            {
                foreach (var row in members)
                {
                    assignments[row] = centers.Count;
                }

                centers.Add(center);
            }
        }
    }

    private static List<int> Next(Queue<int> candidates, int[] assignments)
    {
        var batch = new List<int>(CentersAtATime);
        while (batch.Count < CentersAtATime && candidates.TryDequeue(out var row))
        {
            if (assignments[row] == Partition.None)
            {
                batch.Add(row);
            }
        }

        return batch;
    }

    private static Partition Complete(EmbeddingMatrix unit, int[] assignments, List<int> centers)
    {
        var scores = new float[unit.Count];
        var directions = new EmbeddingMatrix(centers.Count, unit.Dimensions);
        for (var cluster = 0; cluster < centers.Count; cluster++)
        {
            unit[centers[cluster]].CopyTo(directions[cluster]);
        }

        Span<float> score = stackalloc float[1];
        for (var row = 0; row < scores.Length; row++)
        {
            if (assignments[row] != Partition.None)
            {
                DotProducts.Compute(unit[row], directions[assignments[row]], unit.Dimensions, score);
                scores[row] = Math.Clamp(score[0], -1, 1);
            }
        }

        foreach (var center in centers)
        {
            // Rounding must not put a neighbour before it.
            scores[center] = 1;
        }

        return new Partition(assignments, scores, directions);
    }
}
