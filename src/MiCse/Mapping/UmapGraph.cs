using MiCse.Numerics;

namespace MiCse.Mapping;

/// <summary>
/// Weighted edges from points to their neighbours: the fuzzy simplicial set of McInnes, Healy and Melville, "UMAP" (2018), section 3.1. Every point
/// measures distances by its own scale, so that sparse and dense parts of the corpus count alike.
/// </summary>
internal sealed class UmapGraph
{
    private const int BisectionSteps = 64;
    private const double Tolerance = 1e-5;
    private const double LeastScale = 1e-3;

    private UmapGraph(int[] starts, int[] targets, float[] weights)
    {
        Starts = starts;
        Targets = targets;
        Weights = weights;
    }

    /// <summary>Where the edges of each point start in <see cref="Targets"/> and <see cref="Weights"/>; one more at the end.</summary>
    public int[] Starts { get; }

    /// <summary>The point an edge leads to.</summary>
    public int[] Targets { get; }

    /// <summary>Memberships, above 0 up to 1.</summary>
    public float[] Weights { get; }

    /// <summary>Number of points that edges start from.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>The graph of points among themselves, the same in both directions: where i holds j with a and j holds i with b, the edge weighs a + b - a·b.</summary>
    public static UmapGraph Mutual(NearestNeighbors neighbors, ParallelOptions parallel)
    {
        var memberships = Memberships(neighbors, nearestIsSure: true, parallel);
        var starts = new int[neighbors.Rows + 1];
        for (var row = 0; row < neighbors.Rows; row++)
        {
            starts[row + 1] += neighbors.Count;
            foreach (var other in neighbors.Indices(row))
            {
                starts[other + 1]++;
            }
        }

        for (var row = 0; row < neighbors.Rows; row++)
        {
            starts[row + 1] += starts[row];
        }

        // Every membership in the row it comes from and in the row it points to; then those that meet are united.
        var edges = new (int Target, float Weight)[starts[^1]];
        var next = starts[..^1];
        for (var row = 0; row < neighbors.Rows; row++)
        {
            for (var i = 0; i < neighbors.Count; i++)
            {
                var (other, weight) = (neighbors.Indices(row)[i], memberships[row * neighbors.Count + i]);
                edges[next[row]++] = (other, weight);
                edges[next[other]++] = (row, weight);
            }
        }

        ParallelLoop.For(0, neighbors.Rows, parallel, row =>
            edges.AsSpan(starts[row]..starts[row + 1]).Sort((first, second) => first.Target.CompareTo(second.Target)));
        return Unite(starts, edges);
    }

    /// <summary>The graph from new points to those of a map: one direction, and a new point's strongest edge weighs 1.</summary>
    public static UmapGraph Towards(NearestNeighbors neighbors, ParallelOptions parallel)
    {
        // A new point may be far from every old one: not even the nearest is surely a neighbour.
        var memberships = Memberships(neighbors, nearestIsSure: false, parallel);
        var targets = new int[memberships.Length];
        for (var row = 0; row < neighbors.Rows; row++)
        {
            neighbors.Indices(row).CopyTo(targets.AsSpan(row * neighbors.Count));
            var weights = memberships.AsSpan(row * neighbors.Count, neighbors.Count);
            var strongest = weights[0];
            foreach (ref var weight in weights)
            {
                weight = strongest > 0 ? weight / strongest : 0;
            }

            // Also where even the nearest is too far to count.
            weights[0] = 1;
        }

        return new UmapGraph([.. Enumerable.Range(0, neighbors.Rows + 1).Select(row => row * neighbors.Count)], targets, memberships);
    }

    /// <summary>Drops edges that <paramref name="epochs"/> passes would never take.</summary>
    public UmapGraph Without(int epochs)
    {
        var least = (Weights.Length == 0 ? 0 : Weights.Max()) / epochs;
        var starts = new int[Starts.Length];
        var (targets, weights) = (new List<int>(Targets.Length), new List<float>(Targets.Length));
        for (var row = 0; row < Count; row++)
        {
            for (var edge = Starts[row]; edge < Starts[row + 1]; edge++)
            {
                if (Weights[edge] >= least)
                {
                    targets.Add(Targets[edge]);
                    weights.Add(Weights[edge]);
                }
            }

            starts[row + 1] = targets.Count;
        }

        return new UmapGraph(starts, [.. targets], [.. weights]);
    }

    private static UmapGraph Unite(int[] starts, (int Target, float Weight)[] edges)
    {
        var united = new int[starts.Length];
        var count = 0;
        for (var row = 0; row < starts.Length - 1; row++)
        {
            for (var edge = starts[row]; edge < starts[row + 1]; edge++)
            {
                var (target, weight) = edges[edge];
                if (edge + 1 < starts[row + 1] && edges[edge + 1].Target == target)
                {
                    // The same to the bit from either end, and exactly 1 where one of the two is sure.
                    var other = edges[++edge].Weight;
                    var (greater, less) = (Math.Max(weight, other), Math.Min(weight, other));
                    weight = greater + less * (1 - greater);
                }

                edges[count++] = (target, weight);
            }

            united[row + 1] = count;
        }

        var kept = edges.AsSpan(0, count).ToArray();
        return new UmapGraph(united, Array.ConvertAll(kept, edge => edge.Target), Array.ConvertAll(kept, edge => edge.Weight));
    }

    /// <summary>exp(-(d - ρ) / σ) for each neighbour; ρ is the distance of the nearest, σ makes a point's memberships add up to log₂ of their number.</summary>
    private static float[] Memberships(NearestNeighbors neighbors, bool nearestIsSure, ParallelOptions parallel)
    {
        var memberships = new float[neighbors.Rows * neighbors.Count];
        if (memberships.Length == 0)
        {
            return memberships;
        }

        var mean = Enumerable.Range(0, neighbors.Rows).Average(row => Mean(neighbors.Distances(row)));
        ParallelLoop.For(0, neighbors.Rows, parallel, row =>
        {
            var distances = neighbors.Distances(row);
            var nearest = nearestIsSure ? NearestApart(distances) : 0;
            var least = LeastScale * (nearest > 0 ? Mean(distances) : mean);
            // The point itself counts among the neighbours but has no edge.
            var scale = Math.Max(least, Scale(distances, nearest, Math.Log2(nearestIsSure ? distances.Length + 1 : distances.Length)));
            var target = memberships.AsSpan(row * neighbors.Count, neighbors.Count);
            for (var i = 0; i < distances.Length; i++)
            {
                target[i] = (float)Membership(distances[i], nearest, scale);
            }
        });
        return memberships;
    }

    private static double Membership(double distance, double nearest, double scale) =>
        distance <= nearest ? 1 : scale > 0 ? Math.Exp((nearest - distance) / scale) : 0;

    private static double Scale(ReadOnlySpan<float> distances, double nearest, double wanted)
    {
        var (low, high, scale) = (0.0, double.PositiveInfinity, 1.0);
        for (var step = 0; step < BisectionSteps; step++)
        {
            var sum = 0.0;
            foreach (var distance in distances)
            {
                sum += Membership(distance, nearest, scale);
            }

            if (Math.Abs(sum - wanted) < Tolerance)
            {
                break;
            }

            (low, high) = sum > wanted ? (low, scale) : (scale, high);
            scale = double.IsInfinity(high) ? 2 * scale : (low + high) / 2;
        }

        return scale;
    }

    /// <summary>The least distance above 0: copies of a point say nothing about its scale.</summary>
    private static double NearestApart(ReadOnlySpan<float> distances)
    {
        foreach (var distance in distances)
        {
            if (distance > 0)
            {
                return distance;
            }
        }

        return 0;
    }

    private static double Mean(ReadOnlySpan<float> distances)
    {
        var sum = 0.0;
        foreach (var distance in distances)
        {
            sum += distance;
        }

        return sum / distances.Length;
    }
}
