using System.Numerics.Tensors;
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

    /// <summary>The partition of embeddings into given groups, whose centres are the mean directions of their members.</summary>
    /// <param name="embeddings">Shape [texts, dimensions].</param>
    /// <param name="assignments">The group of each row, counted from 0, or <see cref="None"/>.</param>
    /// <exception cref="ArgumentException">The numbers of rows differ, a group is below -1, or a row holds NaN or an infinite number.</exception>
    public static Partition Of(EmbeddingMatrix embeddings, IReadOnlyList<int> assignments)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(assignments);
        if (assignments.Count != embeddings.Count || assignments.Any(cluster => cluster < None))
        {
            throw new ArgumentException($"The groups of {assignments.Count} rows, from {None} on, do not go with {embeddings.Count} embeddings.", nameof(assignments));
        }

        var unit = UnitRows.Of(embeddings);
        int[] groups = [.. assignments];
        var members = groups.Index().Where(row => row.Item != None).ToLookup(row => row.Item, row => row.Index);
        var numbers = members.Select(group => group.Key).Index().ToDictionary(group => group.Item, group => group.Index);
        var centers = new EmbeddingMatrix(numbers.Count, unit.Dimensions);
        var scores = new float[groups.Length];
        foreach (var group in members)
        {
            var center = centers[numbers[group.Key]];
            foreach (var row in group)
            {
                TensorPrimitives.Add(center, unit[row], center);
            }

            var length = TensorPrimitives.Norm<float>(center);
            TensorPrimitives.Divide(center, length > 0 ? length : 1, center);
            foreach (var row in group)
            {
                groups[row] = numbers[group.Key];
                scores[row] = Math.Clamp(TensorPrimitives.Dot<float>(unit[row], center), -1, 1);
            }
        }

        return new Partition(groups, scores, centers);
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
