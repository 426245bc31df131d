using CsCheck;
using MiCse.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

public class KMeansTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Groups_are_found_and_numbered_by_size()
    {
        // 0°, 1°, 2° · 90°, 91° · 200°
        var partition = KMeans.Cluster(Rows.AtAngles(200, 90, 0, 1, 91, 2), new KMeansOptions { Clusters = 3 }, cancellationToken: Token);

        Assert.Equal([2, 1, 0, 0, 1, 0], partition.Assignments);
        Assert.Equal([[2, 3, 5], [1, 4], [0]], partition.Members.Select(rows => rows.Order().ToArray()));
        Assert.Equal(3, partition.Members[0][0]);
        Assert.Equal(0, partition.Unassigned);
        Close.Assert(Rows.AtAngles(1, 90.5, 200).Values.ToArray(), partition.Centers.Values.ToArray(), 1e-6);
        Assert.Equal(Math.Cos(Math.PI / 180), partition.Scores[2], 1e-6);
        Assert.Equal(2 * (1 - Math.Cos(Math.PI / 180)) + 2 * (1 - Math.Cos(0.5 * Math.PI / 180)), partition.Inertia, 1e-6);
    }

    [Fact]
    public void Many_rows_in_noisy_groups_are_found()
    {
        var partition = KMeans.Cluster(Rows.Groups(2000, 9, 40, 0.6f, seed: 5), new KMeansOptions { Clusters = 9 }, cancellationToken: Token);

        Assert.Equal(1, ClusterAgreement.NormalizedMutualInformation(partition.Assignments, [.. Enumerable.Range(0, 2000).Select(row => row % 9)]), 1e-12);
    }

    [Fact]
    public void Both_steps_are_those_of_plain_loops() =>
        Gen.Select(Gen.Int[3, 300], Gen.Int[1, 6], Gen.Int[1, 20], Gen.Long).Sample((count, clusters, dimensions, seed) =>
        {
            var unit = UnitRows.Of(Rows.Random(count, dimensions, seed));
            var centers = UnitRows.Of(Rows.Random(clusters, dimensions, seed + 1));
            var run = new LloydAlgorithm(unit, centers, new ParallelOptions { MaxDegreeOfParallelism = 2 });

            run.Assign();
            var nearest = Enumerable.Range(0, count).Select(row => Nearest(unit, centers, row)).ToArray();
            for (var row = 0; row < count; row++)
            {
                // Rounding may decide between equally near centres.
                Assert.Equal(nearest[row].Score, Similarity.Dot(unit[row], centers[run.Assignments[row]]), 1e-6);
            }

            Assert.Equal(nearest.Sum(best => 1 - best.Score), run.Inertia, 1e-4);
            run.MoveCenters();
            foreach (var members in Enumerable.Range(0, count).GroupBy(row => run.Assignments[row]))
            {
                var mean = Enumerable.Range(0, dimensions).Select(i => members.Sum(row => (double)unit[row][i])).ToArray();
                var length = Math.Sqrt(mean.Sum(value => value * value));
                if (length > 1e-3)
                {
                    Close.Assert(mean.Select(value => value / length), run.Centers[members.Key].ToArray().Select(value => (double)value), 1e-4);
                }
            }
        }, iter: 100);

    [Fact]
    public void The_inertia_never_rises() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 12], Gen.Int[1, 16], Gen.Long).Sample((count, clusters, dimensions, seed) =>
        {
            var seen = new List<KMeansProgress>();
            var partition = KMeans.Cluster(
                Rows.Random(count, dimensions, seed),
                new KMeansOptions { Clusters = clusters, Seed = seed, Restarts = 3, Tolerance = 0 },
                new Recorder<KMeansProgress>(seen.Add), Token);

            Assert.Equal(3, seen.DistinctBy(step => step.Restart).Count());
            foreach (var restart in seen.GroupBy(step => step.Restart))
            {
                Assert.All(restart.Zip(restart.Skip(1)), pair => Assert.True(
                    pair.Second.Inertia <= pair.First.Inertia + (1e-6 * count), $"{pair.First.Inertia:R} rose to {pair.Second.Inertia:R}"));
            }

            // The best start is the one that counts.
            Assert.Equal(seen.GroupBy(step => step.Restart).Min(restart => restart.Last().Inertia), partition.Inertia, 1e-9 * count);
        }, iter: 100);

    [Fact]
    public void Few_rows_are_split_as_well_as_can_be()
    {
        var rows = Rows.Random(9, 3, seed: 7);
        var unit = UnitRows.Of(rows);
        var best = Enumerable.Range(0, 1 << 8).Min(mask => Loss(unit, row => (mask >> row) & 1));

        var partition = KMeans.Cluster(rows, new KMeansOptions { Clusters = 2, Restarts = 30, Tolerance = 0 }, cancellationToken: Token);

        Assert.Equal(best, partition.Inertia, 1e-5);
    }

    [Fact]
    public void Threads_change_no_bit_and_seeds_do()
    {
        var rows = Rows.Random(3000, 33, seed: 3);
        var one = Cluster(threads: 1, seed: 11);
        foreach (var threads in (int[])[2, 7])
        {
            var many = Cluster(threads, seed: 11);
            Assert.Equal(one.Assignments, many.Assignments);
            Assert.Equal(one.Scores, many.Scores);
            Assert.Equal(one.Centers.Values.ToArray(), many.Centers.Values.ToArray());
        }

        Assert.NotEqual(one.Assignments, Cluster(threads: 1, seed: 12).Assignments);

        Partition Cluster(int threads, long seed) => KMeans.Cluster(
            rows, new KMeansOptions { Clusters = 20, Restarts = 2, MaxIterations = 5, Threads = threads, Seed = seed }, cancellationToken: Token);
    }

    [Fact]
    public void No_rows_give_no_clusters_and_one_row_gives_one()
    {
        var options = new KMeansOptions { Clusters = 3 };
        Assert.Equal(0, KMeans.Cluster(new EmbeddingMatrix(0, 5), options, cancellationToken: Token).Count);
        Assert.Equal([0], KMeans.Cluster(Rows.AtAngles(30), options, cancellationToken: Token).Assignments);
    }

    [Fact]
    public void There_are_no_more_clusters_than_directions()
    {
        var partition = KMeans.Cluster(
            Rows.Of([2, 1, 3], [1, 0, 0], [4, 2, 6], [0.2f, 0.1f, 0.3f], [7, 0, 0]), new KMeansOptions { Clusters = 4 }, cancellationToken: Token);

        Assert.Equal([0, 1, 0, 0, 1], partition.Assignments);
        Assert.Equal(0, partition.Inertia, 1e-6);
    }

    [Fact]
    public void Rows_of_zeros_point_nowhere_and_do_no_harm()
    {
        var partition = KMeans.Cluster(Rows.Of([0, 0], [1, 0], [0, 1], [0, 0]), new KMeansOptions { Clusters = 2 }, cancellationToken: Token);
        Assert.Equal(2, partition.Count);
        Assert.NotEqual(partition.Assignments[1], partition.Assignments[2]);
        Assert.Equal([0, 1, 1, 0], partition.Scores);

        Assert.Equal(1, KMeans.Cluster(Rows.Of([0, 0], [0, 0]), new KMeansOptions { Clusters = 2 }, cancellationToken: Token).Count);
    }

    [Theory]
    [InlineData(float.NaN, "Embedding 1 (counted from 0) holds NaN;")]
    [InlineData(float.NegativeInfinity, "Embedding 1 (counted from 0) holds an infinite number;")]
    public void Numbers_that_are_none_are_named(float number, string sentence)
    {
        var failure = Assert.Throws<ArgumentException>(() => KMeans.Cluster(Rows.Of([1, 2, 3], [1, 2, number]), new KMeansOptions { Clusters = 1 }, cancellationToken: Token));
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Huge_and_tiny_rows_have_a_direction() =>
        Close.Assert(
            [0.6f, 0.8f, 0.6f, 0.8f], UnitRows.Of(Rows.Of([1.5e38f, 2e38f], [3e-42f, 4e-42f])).Values.ToArray(), 1e-3);

    [Fact]
    public void Defaults_are_those_documented_and_values_out_of_range_are_refused()
    {
        var options = new KMeansOptions { Clusters = 2 };
        Assert.Equal((4, 100, 1e-4, 42L, null), (options.Restarts, options.MaxIterations, options.Tolerance, options.Seed, options.Threads));
        foreach (var wrong in (KMeansOptions[])
            [options with { Clusters = 0 }, options with { Restarts = 0 }, options with { MaxIterations = 0 }, options with { Tolerance = -1 }, options with { Threads = 0 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Cluster(Rows.AtAngles(0), wrong, cancellationToken: Token));
        }
    }

    [Fact]
    public void Cancelling_stops_it() => Assert.ThrowsAny<OperationCanceledException>(() =>
        KMeans.Cluster(Rows.Random(500, 8, 1), new KMeansOptions { Clusters = 3 }, cancellationToken: new CancellationToken(canceled: true)));

    private static (int Center, double Score) Nearest(EmbeddingMatrix unit, EmbeddingMatrix centers, int row) =>
        Enumerable.Range(0, centers.Count).Select(center => (center, Similarity.Dot(unit[row], centers[center]))).MaxBy(best => best.Item2);

    // The inertia around the best centre of a group is its size less the length of its sum.
    private static double Loss(EmbeddingMatrix unit, Func<int, int> group) => Enumerable.Range(0, unit.Count).GroupBy(group).Sum(rows =>
    {
        var sum = Enumerable.Range(0, unit.Dimensions).Select(i => rows.Sum(row => (double)unit[row][i]));
        return rows.Count() - Math.Sqrt(sum.Sum(value => value * value));
    });

    private sealed class Recorder<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
