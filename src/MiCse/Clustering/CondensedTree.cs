namespace MiCse.Clustering;

/// <summary>
/// The hierarchy of HDBSCAN: single linkage from a minimum spanning tree, in which a split counts only when both parts have the least size. Of its
/// clusters those with the greatest stability are selected, which is the sum over their rows of how long each stays, measured by λ = 1 / distance.
/// </summary>
internal sealed class CondensedTree
{
    // Rows that are nearer than rounding tells are copies; λ must stay finite.
    private const double LeastDistance = 1e-7;

    private readonly int _count;
    private readonly int _minSize;

    // The merges of single linkage: node count + i joins two earlier nodes (rows are nodes below count).
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly int[] _sizes;
    private readonly double[] _lambdas;

    /// <param name="count">Number of rows.</param>
    /// <param name="edges">The edges of the minimum spanning tree, shortest first.</param>
    /// <param name="minSize">The least size of a cluster.</param>
    public CondensedTree(int count, IReadOnlyList<Edge> edges, int minSize)
    {
        _count = count;
        _minSize = minSize;
        _left = new int[edges.Count];
        _right = new int[edges.Count];
        _sizes = new int[edges.Count];
        _lambdas = new double[edges.Count];
        var sets = new DisjointSets(count);
        int[] nodes = [.. Enumerable.Range(0, count)];
        for (var merge = 0; merge < edges.Count; merge++)
        {
            var (length, first, second) = edges[merge];
            (_left[merge], _right[merge]) = (nodes[sets.Find(first)], nodes[sets.Find(second)]);
            _sizes[merge] = Size(_left[merge]) + Size(_right[merge]);
            _lambdas[merge] = 1 / Math.Max(length, LeastDistance);
            sets.Unite(first, second);
            nodes[sets.Find(first)] = count + merge;
        }
    }

    /// <summary>The selected cluster of each row, or <see cref="Partition.None"/>.</summary>
    public int[] SelectClusters()
    {
        var assignments = new int[_count];
        Array.Fill(assignments, Partition.None);
        var clusters = Condense();
        var number = 0;
        for (var index = 1; index < clusters.Count; index++)
        {
            // Parents come before their clusters, so that the topmost selected one is met first.
            var (cluster, parent) = (clusters[index], clusters[clusters[index].Parent]);
            cluster.IsCovered = parent.IsCovered || parent.IsBest;
            if (cluster.IsBest && !cluster.IsCovered)
            {
                Assign(cluster.Node, number++, assignments);
            }
        }

        return assignments;
    }

    private int Size(int node) => node < _count ? 1 : _sizes[node - _count];

    /// <summary>The clusters, parents first.</summary>
    private List<Cluster> Condense()
    {
        var clusters = new List<Cluster>();
        if (_left.Length == 0)
        {
            return clusters;
        }

        clusters.Add(new Cluster(_count + _left.Length - 1, Parent: 0, Birth: 0));
        for (var index = 0; index < clusters.Count; index++)
        {
            Follow(index, clusters);
        }

        for (var index = clusters.Count - 1; index >= 0; index--)
        {
            var cluster = clusters[index];
            cluster.IsBest = index > 0 && cluster.Stability >= cluster.OfChildren;
            if (index > 0)
            {
                clusters[cluster.Parent].OfChildren += Math.Max(cluster.Stability, cluster.OfChildren);
            }
        }

        return clusters;
    }

    /// <summary>Goes down from a cluster's birth to its end, the split into two clusters or into none.</summary>
    private void Follow(int index, List<Cluster> clusters)
    {
        var cluster = clusters[index];
        var node = cluster.Node;
        while (true)
        {
            var merge = node - _count;
            var (left, right) = (_left[merge], _right[merge]);
            var lived = _lambdas[merge] - cluster.Birth;
            var (leftCounts, rightCounts) = (Size(left) >= _minSize, Size(right) >= _minSize);
            if (leftCounts == rightCounts)
            {
                cluster.Stability += lived * Size(node);
                if (leftCounts)
                {
                    clusters.Add(new Cluster(left, index, _lambdas[merge]));
                    clusters.Add(new Cluster(right, index, _lambdas[merge]));
                }

                return;
            }

            var (stays, leaves) = leftCounts ? (left, right) : (right, left);
            cluster.Stability += lived * Size(leaves);
            node = stays;
        }
    }

    private void Assign(int node, int cluster, int[] assignments)
    {
        var nodes = new Stack<int>([node]);
        while (nodes.TryPop(out var next))
        {
            if (next < _count)
            {
                assignments[next] = cluster;
                continue;
            }

            nodes.Push(_left[next - _count]);
            nodes.Push(_right[next - _count]);
        }
    }

    /// <summary>A cluster of the condensed tree.</summary>
    /// <param name="Node">The merge that joins its rows.</param>
    /// <param name="Parent">The cluster it came from.</param>
    /// <param name="Birth">λ of the split that it came from.</param>
    private sealed record Cluster(int Node, int Parent, double Birth)
    {
        public double Stability { get; set; }

        /// <summary>The greatest stability of clusters within it.</summary>
        public double OfChildren { get; set; }

        /// <summary>Whether its own stability is no less than that of the best clusters within it.</summary>
        public bool IsBest { get; set; }

        /// <summary>Whether a cluster above it is selected.</summary>
        public bool IsCovered { get; set; }
    }
}
