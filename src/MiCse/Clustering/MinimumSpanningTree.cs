using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// The minimum spanning tree of all rows by mutual reachability: the distance of two rows, or the core distance of one of them where that is larger.
/// Borůvka's algorithm: every component takes its shortest edge to another one, until there is one component. A row keeps the shortest edge it found
/// for as long as that leads out of its component, since there is never a shorter one later. Memory grows with the rows and not with the pairs.
/// </summary>
internal sealed class MinimumSpanningTree
{
    private const int RowsPerBlock = 32;
    private const int OthersPerBlock = 192;

    private readonly EmbeddingMatrix _rows;
    private readonly float[] _cores;
    private readonly DistanceMetric _metric;
    private readonly DisjointSets _components;

    // The shortest edge of each row to another component; -1 before the first round.
    private readonly int[] _nearest;
    private readonly float[] _lengths;

    private MinimumSpanningTree(EmbeddingMatrix rows, float[] cores, DistanceMetric metric)
    {
        _rows = rows;
        _cores = cores;
        _metric = metric;
        _components = new DisjointSets(rows.Count);
        _nearest = new int[rows.Count];
        _lengths = new float[rows.Count];
        Array.Fill(_nearest, -1);
    }

    /// <summary>The edges of the tree, shortest first.</summary>
    /// <param name="rows">As <see cref="PairwiseDistances.Prepare"/> returns them.</param>
    /// <param name="cores">The core distance of each row.</param>
    /// <param name="metric">The distance.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="progress">Receives the share of the edges that are found.</param>
    public static Edge[] Of(EmbeddingMatrix rows, float[] cores, DistanceMetric metric, ParallelOptions parallel, IProgress<double>? progress)
    {
        var tree = new MinimumSpanningTree(rows, cores, metric);
        var edges = new List<Edge>(Math.Max(0, rows.Count - 1));
        while (edges.Count < rows.Count - 1)
        {
            tree.FindNearest(parallel);
            tree.Connect(edges);
            progress?.Report((double)edges.Count / rows.Count);
        }

        edges.Sort();
        return [.. edges];
    }

    /// <summary>Finds the nearest row of another component for all rows whose nearest one has come into their own.</summary>
    private void FindNearest(ParallelOptions parallel)
    {
        var components = Enumerable.Range(0, _rows.Count).Select(_components.Find).ToArray();
        int[] stale = [.. Enumerable.Range(0, _rows.Count).Where(row => _nearest[row] < 0 || components[_nearest[row]] == components[row])];
        ParallelLoop.For(0, (stale.Length + RowsPerBlock - 1) / RowsPerBlock, parallel, () => new float[RowsPerBlock * OthersPerBlock], (block, distances) =>
        {
            var rows = stale.AsSpan(block * RowsPerBlock, Math.Min(RowsPerBlock, stale.Length - block * RowsPerBlock));
            var values = new float[rows.Length * _rows.Dimensions];
            for (var i = 0; i < rows.Length; i++)
            {
                _rows[rows[i]].CopyTo(values.AsSpan(i * _rows.Dimensions));
                _lengths[rows[i]] = float.PositiveInfinity;
            }

            for (var first = 0; first < _rows.Count; first += OthersPerBlock)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(OthersPerBlock, _rows.Count - first);
                PairwiseDistances.Compute(values, RowBlocks.Values(_rows, first, count), _rows.Dimensions, _metric, distances);
                for (var i = 0; i < rows.Length; i++)
                {
                    Take(rows[i], first, distances.AsSpan(i * count, count), components);
                }
            }

            return distances;
        });
    }

    private void Take(int row, int first, ReadOnlySpan<float> distances, int[] components)
    {
        for (var i = 0; i < distances.Length; i++)
        {
            var length = Math.Max(distances[i], _cores[row]);
            if (length > _lengths[row] || components[first + i] == components[row])
            {
                continue;
            }

            length = Math.Max(length, _cores[first + i]);
            if (length < _lengths[row] || (length == _lengths[row] && Edge.Between(row, first + i, length).CompareTo(Edge.Between(row, _nearest[row], length)) < 0))
            {
                (_lengths[row], _nearest[row]) = (length, first + i);
            }
        }
    }

    /// <summary>Takes the shortest edge of every component.</summary>
    private void Connect(List<Edge> edges)
    {
        var shortest = new Dictionary<int, Edge>();
        for (var row = 0; row < _rows.Count; row++)
        {
            var edge = Edge.Between(row, _nearest[row], _lengths[row]);
            var component = _components.Find(row);
            if (!shortest.TryGetValue(component, out var other) || edge.CompareTo(other) < 0)
            {
                shortest[component] = edge;
            }
        }

        foreach (var edge in shortest.Values)
        {
            // Two components may have chosen the same edge.
            if (_components.Unite(edge.First, edge.Second))
            {
                edges.Add(edge);
            }
        }
    }
}

/// <summary>An edge between two rows. Edges are ordered by length, then by their rows, so that no two are equal.</summary>
/// <param name="Length">Its length.</param>
/// <param name="First">The smaller row.</param>
/// <param name="Second">The larger row.</param>
internal readonly record struct Edge(float Length, int First, int Second) : IComparable<Edge>
{
    /// <summary>The edge between two rows, in any order.</summary>
    public static Edge Between(int row, int other, float length) => new(length, Math.Min(row, other), Math.Max(row, other));

    public int CompareTo(Edge other) => (Length, First, Second).CompareTo((other.Length, other.First, other.Second));
}
