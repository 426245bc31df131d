using MiCse.Mapping;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class UmapLayoutTests
{
    private static readonly ParallelOptions Parallel = new() { MaxDegreeOfParallelism = 2 };
    private static readonly UmapCurve Curve = new(1, 1);

    [Fact]
    public void Both_ends_follow_an_edge_by_what_they_saw()
    {
        var graph = UmapGraph.Mutual(NearestNeighbors.Of(UnitRows.Of(Blobs.Matrix([1, 0], [1, 1])), 1, progress: null, Parallel), Parallel);
        float[] points = [0, 0, 1, 0];

        new UmapLayout(graph, Curve, new UmapOptions { NegativeSamples = 0 }, epochs: 1, learningRate: 0.25).Arrange(points, progress: null, moved: null, Parallel);

        // At distance 1: 2ab / (1 + a) = 1, for either direction of the edge.
        Close.Assert([0.5f, 0, 0.5f, 0], points, 1e-6);
    }

    [Fact]
    public void Steps_are_limited_and_get_shorter()
    {
        var graph = UmapGraph.Mutual(NearestNeighbors.Of(UnitRows.Of(Blobs.Matrix([1, 0], [1, 1])), 1, progress: null, Parallel), Parallel);
        float[] points = [0, 0, 0, 0.001f];

        // With b = 0.5 and a huge a the pull is 1 / d from either side: far too strong at first.
        new UmapLayout(graph, new UmapCurve(1e6, 0.5), new UmapOptions { NegativeSamples = 0 }, epochs: 2, learningRate: 0.5).Arrange(points, progress: null, moved: null, Parallel);

        // First 4 · 0.5 past each other; then 2 / 4 back, at half the rate.
        Close.Assert([0, 2 - 0.125f, 0, -1.999f + 0.125f], points, 1e-3);
    }

    [Fact]
    public void A_new_point_is_drawn_and_pushed_away()
    {
        var map = UnitRows.Of(Blobs.Matrix([1, 0]));
        var graph = UmapGraph.Towards(NearestNeighbors.Between(map, map, 1, Parallel), Parallel);
        float[] points = [2, 0];

        new UmapLayout(graph, Curve, new UmapOptions { NegativeSamples = 1 }, epochs: 1, learningRate: 1).ArrangeAmong([0, 0], points, Parallel);

        // Drawn by 2 / (1 + 2²) · 2 = 0.8 to 1.2, then pushed by 2 / ((0.001 + 1.44) · (1 + 1.44)) · 1.2 = 0.68257.
        Close.Assert([1.88257f, 0], points, 1e-4);
    }
}
