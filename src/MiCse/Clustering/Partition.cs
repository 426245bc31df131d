using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Which cluster each embedding is in. Clusters are numbered from 0, the largest first; of two that are equally large the one with the earlier row.
/// Immutable and thread-safe.
/// </summary>
public sealed class Partition
{
    /// <summary>What <see cref="Assignments"/> says of a row that is in no cluster.</summary>
    public const int None = -1;

    /// <summary>Numbers the clusters by size; those without members are dropped.</summary>
    /// <param name="assignments">A row of <paramref name="centers"/> for each embedding, or <see cref="None"/>.</param>
    /// <param name="scores">Cosine of each embedding with its centre.</param>
    /// <param name="centers">The centres.</param>
    internal Partition(int[] assignments, float[] scores, EmbeddingMatrix centers)
    {
        var members = Enumerable.Range(0, centers.Count).Select(_ => new List<int>()).ToArray();
        for (var row = 0; row < assignments.Length; row++)
        {
            if (assignments[row] != None)
            {
                members[assignments[row]].Add(row);
            }
        }

        int[] order =
        [
            .. Enumerable.Range(0, centers.Count)
                .Where(cluster => members[cluster].Count > 0)
                .OrderByDescending(cluster => members[cluster].Count)
                .ThenBy(cluster => members[cluster][0]),
        ];
        var renumbered = new int[assignments.Length];
        Array.Fill(renumbered, None);
        Centers = new EmbeddingMatrix(order.Length, centers.Dimensions);
        for (var cluster = 0; cluster < order.Length; cluster++)
        {
            centers[order[cluster]].CopyTo(Centers[cluster]);
            foreach (var row in members[order[cluster]])
            {
                renumbered[row] = cluster;
            }
        }

        Assignments = renumbered;
        Scores = scores;
        Members = [.. order.Select(old => (IReadOnlyList<int>)[.. members[old].OrderByDescending(row => scores[row]).ThenBy(row => row)])];
        Inertia = members.SelectMany(rows => rows).Sum(row => 1.0 - scores[row]);
    }

    /// <summary>Number of clusters.</summary>
    public int Count => Members.Count;

    /// <summary>The cluster of each row, or <see cref="None"/>.</summary>
    public IReadOnlyList<int> Assignments { get; }

    /// <summary>Cosine of each row with the centre of its cluster, -1..1; 0 for a row that is in none.</summary>
    public IReadOnlyList<float> Scores { get; }

    /// <summary>The rows of each cluster, those nearest to its centre first.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Members { get; }

    /// <summary>The centres, scaled to length 1: shape [clusters, dimensions].</summary>
    public EmbeddingMatrix Centers { get; }

    /// <summary>The sum of 1 - cosine with the centre over all rows that are in a cluster: what k-means makes small.</summary>
    public double Inertia { get; }

    /// <summary>How many rows are in no cluster.</summary>
    public int Unassigned => Assignments.Count - Members.Sum(rows => rows.Count);
}
