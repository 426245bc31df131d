using CsCheck;
using MiCse.Clustering;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

public class HdbscanTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Equals_the_plain_algorithm() => Gen.Select(
        Gen.Int[0, 70], Gen.Int[1, 5], Gen.Int[2, 7], Gen.Int[1, 8], Gen.Enum<DistanceMetric>(), Gen.Bool, Gen.Long).Sample(
        (count, dimensions, minSize, minSamples, metric, whole, seed) =>
        {
            var rows = Rows.Random(count, dimensions, seed);
            if (whole)
            {
                // Copies, equal distances and rows of zeros.
                foreach (ref var value in rows.Values)
                {
                    value = MathF.Round(value * 1.5f);
                }
            }

            var options = new HdbscanOptions { MinSize = minSize, MinSamples = minSamples, Metric = metric, Threads = 2 };

            var partition = Hdbscan.Cluster(rows, options, cancellationToken: Token);

            Assert.Equal(Canonical(PlainHdbscan.Cluster(rows, options)), Canonical(partition.Assignments));
        }, iter: 200);

    [Fact]
    public void Groups_are_found_and_what_lies_between_is_in_none()
    {
        var groups = Rows.Groups(300, 4, 8, 0.1f, seed: 3);
        var between = Rows.Random(10, 8, seed: 99);
        var rows = new EmbeddingMatrix([.. groups.Values, .. between.Values], 310, 8);

        var partition = Hdbscan.Cluster(rows, new HdbscanOptions { MinSize = 20 }, cancellationToken: Token);

        Assert.Equal(4, partition.Count);
        Assert.Equal(1, ClusterAgreement.AdjustedRandIndex([.. partition.Assignments.Take(300)], [.. Enumerable.Range(0, 300).Select(row => row % 4)]));
        Assert.InRange(partition.Unassigned, 5, 10);
    }

    [Fact]
    public void Does_not_depend_on_threads_or_blocks()
    {
        var rows = Rows.Groups(700, 6, 16, 0.4f, seed: 1);
        var one = Hdbscan.Cluster(rows, new HdbscanOptions { Threads = 1 }, cancellationToken: Token);

        Assert.True(one.Count > 1);
        Assert.All([2, 5], threads => Assert.Equal(one.Assignments, Hdbscan.Cluster(rows, new HdbscanOptions { Threads = threads }, cancellationToken: Token).Assignments));
        Assert.Equal(Canonical(PlainHdbscan.Cluster(rows, new HdbscanOptions())), Canonical(one.Assignments));
    }

    [Fact]
    public void A_map_of_a_few_components_is_clustered_by_Euclidean_distance()
    {
        var embeddings = Rows.Groups(240, 3, 40, 0.8f, seed: 2);
        var map = Umap.Fit(embeddings, new UmapOptions { Components = 3, MinDistance = 0, Epochs = 100 }, cancellationToken: Token);

        var found = Hdbscan.Cluster(map.Points, new HdbscanOptions { MinSize = 15, Metric = DistanceMetric.Euclidean }, cancellationToken: Token);
        var partition = Partition.Of(embeddings, found.Assignments);

        Assert.Equal((3, 40), (partition.Count, partition.Centers.Dimensions));
        Assert.True(ClusterAgreement.AdjustedRandIndex(partition.Assignments, [.. Enumerable.Range(0, 240).Select(row => row % 3)]) > 0.9);
    }

    [Fact]
    public void Defaults_are_those_documented_and_values_out_of_range_are_refused()
    {
        var options = new HdbscanOptions();
        Assert.Equal((5, null, DistanceMetric.Cosine, null), (options.MinSize, options.MinSamples, options.Metric, options.Threads));
        Assert.All(
            [new() { MinSize = 1 }, new() { MinSamples = 0 }, new() { Threads = 0 }, new HdbscanOptions { Metric = (DistanceMetric)7 }],
            wrong => Assert.Throws<ArgumentOutOfRangeException>(() => Hdbscan.Cluster(Rows.Random(9, 2, 1), wrong, null, Token)));
    }

    [Fact]
    public void What_is_not_finite_is_named_and_cancelling_stops()
    {
        var rows = Rows.Random(9, 2, 1);
        Assert.ThrowsAny<OperationCanceledException>(() => Hdbscan.Cluster(rows, null, null, new CancellationToken(canceled: true)));
        rows[7][1] = float.NaN;
        foreach (var metric in Enum.GetValues<DistanceMetric>())
        {
            Assert.Contains("Embedding 7", Assert.Throws<ArgumentException>(() => Hdbscan.Cluster(rows, new() { Metric = metric }, null, Token)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_partition_of_given_groups_has_their_mean_directions()
    {
        var partition = Partition.Of(Rows.Of([2, 0], [0, 1], [0, 3], [1, 1], [5, 5]), [7, 7, 4, -1, 4]);

        // The group with the earlier row comes first.
        Assert.Equal([0, 0, 1, -1, 1], partition.Assignments);
        Close.Assert([0.70710677f, 0.70710677f, 0.38268343f, 0.9238795f], partition.Centers.Values.ToArray(), 1e-6);
        Assert.Equal([0.70710677, 0.70710677, 0.9238795, 0, 0.9238795], partition.Scores.Select(score => Math.Round((double)score, 8)), new Tolerance(1e-6));
        Assert.Throws<ArgumentException>(() => Partition.Of(Rows.Of([1, 0]), [0, 0]));
        Assert.Throws<ArgumentException>(() => Partition.Of(Rows.Of([1, 0]), [-2]));
    }

    /// <summary>Clusters are numbered as they come.</summary>
    private static int[] Canonical(IReadOnlyList<int> assignments)
    {
        var numbers = assignments.Where(cluster => cluster != Partition.None).Distinct().Index().ToDictionary(cluster => cluster.Item, cluster => cluster.Index);
        return [.. assignments.Select(cluster => cluster == Partition.None ? Partition.None : numbers[cluster])];
    }

    private sealed class Tolerance(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }
}
