using MiCse.Clustering;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

/// <summary>
/// The slow, obvious HDBSCAN: all edges sorted (Kruskal), then the tree is cut from the top at its longest edge, again and again, and every row's
/// time in its cluster is added up on its own.
/// </summary>
internal static class PlainHdbscan
{
    public static int[] Cluster(EmbeddingMatrix embeddings, HdbscanOptions options)
    {
        var rows = PairwiseDistances.Prepare(embeddings, options.Metric);
        var count = rows.Count;
        var distances = new float[count, count];
        var one = new float[1];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++)
            {
                PairwiseDistances.Compute(rows[a], rows[b], rows.Dimensions, options.Metric, one);
                distances[a, b] = one[0];
            }
        }

        var samples = options.MinSamples ?? options.MinSize;
        float[] cores = [.. Enumerable.Range(0, count).Select(row => Enumerable.Range(0, count).Where(other => other != row)
            .Select(other => distances[row, other]).Order().Take(samples - 1).LastOrDefault())];
        var edges = new List<(float Length, int First, int Second)>();
        for (var a = 0; a < count; a++)
        {
            for (var b = a + 1; b < count; b++)
            {
                edges.Add((Math.Max(distances[a, b], Math.Max(cores[a], cores[b])), a, b));
            }
        }

        edges.Sort();
        var component = Enumerable.Range(0, count).ToArray();
        var tree = new List<(float Length, int First, int Second)>();
        foreach (var edge in edges)
        {
            var (from, to) = (component[edge.First], component[edge.Second]);
            if (from != to)
            {
                tree.Add(edge);
                component = Array.ConvertAll(component, value => value == from ? to : value);
            }
        }

        var assignments = new int[count];
        Array.Fill(assignments, Partition.None);
        if (count > 1)
        {
            var number = 0;
            foreach (var cluster in Best([.. Enumerable.Range(0, count)], tree, 0, options.MinSize, isRoot: true).Clusters)
            {
                foreach (var row in cluster)
                {
                    assignments[row] = number;
                }

                number++;
            }
        }

        return assignments;
    }

    /// <summary>The best clusters within a cluster, and their stability.</summary>
    private static (double Stability, List<int[]> Clusters) Best(
        int[] members, List<(float Length, int First, int Second)> tree, double birth, int minSize, bool isRoot = false)
    {
        var (left, stability) = (members, 0.0);
        while (true)
        {
            var inside = tree.Where(edge => left.Contains(edge.First) && left.Contains(edge.Second)).ToList();
            var cut = inside[^1];
            var lambda = 1 / Math.Max(cut.Length, 1e-7);
            var (first, second) = (Reach(cut.First, inside[..^1]), Reach(cut.Second, inside[..^1]));
            if (first.Length >= minSize != second.Length >= minSize)
            {
                var (leaving, staying) = first.Length < minSize ? (first, second) : (second, first);
                stability += leaving.Length * (lambda - birth);
                left = staying;
                continue;
            }

            stability += left.Length * (lambda - birth);
            if (first.Length < minSize)
            {
                return (stability, isRoot ? [] : [members]);
            }

            var (a, b) = (Best(first, tree, lambda, minSize), Best(second, tree, lambda, minSize));
            return !isRoot && stability >= a.Stability + b.Stability ? (stability, [members]) : (a.Stability + b.Stability, [.. a.Clusters, .. b.Clusters]);
        }
    }

    private static int[] Reach(int start, List<(float Length, int First, int Second)> edges)
    {
        var reached = new HashSet<int> { start };
        for (var before = 0; before < reached.Count;)
        {
            before = reached.Count;
            foreach (var (_, first, second) in edges)
            {
                if (reached.Contains(first) || reached.Contains(second))
                {
                    reached.UnionWith([first, second]);
                }
            }
        }

        return [.. reached.Order()];
    }
}
