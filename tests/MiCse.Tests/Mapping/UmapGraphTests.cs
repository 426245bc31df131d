using CsCheck;
using MiCse.Mapping;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class UmapGraphTests
{
    private static readonly ParallelOptions Parallel = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Two_points_are_surely_neighbours()
    {
        var graph = UmapGraph.Mutual(NearestNeighbors.Of(UnitRows.Of(Blobs.Matrix([1, 0], [1, 1])), 14, progress: null, Parallel), Parallel);

        Assert.Equal([0, 1, 2], graph.Starts);
        Assert.Equal([1, 0], graph.Targets);
        Assert.Equal([1, 1], graph.Weights);
    }

    [Fact]
    public void Memberships_unite()
    {
        // At 0°, 60° and 90°: distances 0.5, 1 and 1 - √3/2. With one neighbour each, 0 holds 1, and 1 and 2 hold each other, all with 1.
        var vectors = UnitRows.Of(Blobs.Matrix([1, 0], [0.5f, 0.8660254f], [0, 1]));
        var one = UmapGraph.Mutual(NearestNeighbors.Of(vectors, 1, progress: null, Parallel), Parallel);
        Assert.Equal([0, 1, 3, 4], one.Starts);
        Assert.Equal([1, 0, 2, 1], one.Targets);
        Assert.Equal([1, 1, 1, 1], one.Weights);

        // With two: the nearest has 1, the other log₂ 3 - 1 = 0.585. 0 and 2 are each other's second: 0.585 + 0.585 - 0.585².
        var two = UmapGraph.Mutual(NearestNeighbors.Of(vectors, 2, progress: null, Parallel), Parallel);
        Assert.Equal([1, 2, 0, 2, 0, 1], two.Targets);
        var second = Math.Log2(3) - 1;
        Close.Assert([1, 2 * second - second * second, 1, 1, 2 * second - second * second, 1], two.Weights.Select(x => (double)x), 1e-4);
    }

    [Fact]
    public void Rare_edges_are_dropped()
    {
        var vectors = UnitRows.Of(Blobs.Matrix([1, 0], [0.5f, 0.8660254f], [0, 1]));
        var graph = UmapGraph.Mutual(NearestNeighbors.Of(vectors, 2, progress: null, Parallel), Parallel);

        Assert.Equal(graph.Targets, graph.Without(epochs: 2).Targets);
        Assert.Equal([1, 0, 2, 1], graph.Without(epochs: 1).Targets);
        Assert.Equal([0, 1, 3, 4], graph.Without(epochs: 1).Starts);
    }

    [Fact]
    public void The_same_as_a_graph_made_edge_by_edge() => Gen.Select(Gen.Int[2, 60], Gen.Int[1, 12], Gen.Long).Sample((count, neighbors, seed) =>
    {
        var found = NearestNeighbors.Of(UnitRows.Of(Blobs.Of(count, 3, 6, seed: seed)), neighbors, progress: null, Parallel);
        var graph = UmapGraph.Mutual(found, Parallel);

        var memberships = SlowMemberships(found);
        for (var from = 0; from < count; from++)
        {
            var edges = Enumerable.Range(graph.Starts[from], graph.Starts[from + 1] - graph.Starts[from]).ToDictionary(edge => graph.Targets[edge], edge => graph.Weights[edge]);
            for (var to = 0; to < count; to++)
            {
                var (there, back) = (memberships.GetValueOrDefault((from, to)), memberships.GetValueOrDefault((to, from)));
                Assert.Equal(there + back - there * back, edges.GetValueOrDefault(to), 1e-3);
            }
        }
    }, iter: 40);

    [Fact]
    public void New_points_hold_their_nearest_with_one()
    {
        var found = NearestNeighbors.Between(UnitRows.Of(Blobs.Of(20, 2, seed: 1)), UnitRows.Of(Blobs.Of(30, 2, seed: 2)), 5, Parallel);

        var graph = UmapGraph.Towards(found, Parallel);

        Assert.Equal(20, graph.Count);
        for (var row = 0; row < 20; row++)
        {
            var weights = graph.Weights[graph.Starts[row]..graph.Starts[row + 1]];
            Assert.Equal(found.Indices(row).ToArray(), graph.Targets[graph.Starts[row]..graph.Starts[row + 1]]);
            Assert.Equal(1, weights[0]);
            Assert.Equal(weights.OrderDescending(), weights);
            Assert.True(weights[^1] < 1);
        }
    }

    private static Dictionary<(int From, int To), double> SlowMemberships(NearestNeighbors found)
    {
        var memberships = new Dictionary<(int, int), double>();
        for (var row = 0; row < found.Rows; row++)
        {
            var distances = found.Distances(row).ToArray().Select(x => (double)x).ToArray();
            var nearest = distances.Where(distance => distance > 0).DefaultIfEmpty(0).First();
            double Sum(double scale) => distances.Sum(distance => Math.Exp(-Math.Max(0, distance - nearest) / scale));

            // The sum rises with the scale: try ever finer steps upwards.
            var scale = 0.0;
            for (var step = 1024.0; step > 1e-9; step /= 2)
            {
                while (Sum(scale + step) < Math.Log2(found.Count + 1) && scale < 1e5)
                {
                    scale += step;
                }
            }

            scale = Math.Max(scale, 1e-3 * distances.Average());
            foreach (var (other, distance) in found.Indices(row).ToArray().Zip(distances))
            {
                memberships[(row, other)] = distance <= nearest ? 1 : Math.Exp((nearest - distance) / scale);
            }
        }

        return memberships;
    }
}
