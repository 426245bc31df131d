using CsCheck;
using MiCse.Clustering;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

public class CommunityDetectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_row_with_the_most_neighbours_takes_them_and_loners_are_in_none()
    {
        // cos 20° = 0.94: 10° has three neighbours; what it takes, 40° can no longer have.
        var partition = CommunityDetection.Detect(Rows.AtAngles(-8, 10, 28, 12, 40, 180), new CommunityOptions { MinScore = 0.94 }, cancellationToken: Token);

        Assert.Equal([0, 0, 0, 0, -1, -1], partition.Assignments);
        Assert.Equal([1, 3], Assert.Single(partition.Members).Take(2));
        Assert.Equal(2, partition.Unassigned);
        Assert.Equal([(float)Math.Cos(18 * Math.PI / 180), 1, (float)Math.Cos(18 * Math.PI / 180), (float)Math.Cos(2 * Math.PI / 180), 0, 0], partition.Scores,
            (expected, actual) => Math.Abs(expected - actual) < 1e-6);
    }

    [Fact]
    public void Is_that_of_plain_loops_over_all_pairs() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[2, 6], Gen.Double[0.3, 0.999], Gen.Int[1, 5], Gen.Long).Sample((count, dimensions, score, size, seed) =>
        {
            var rows = Rows.Random(count, dimensions, seed);
            var partition = CommunityDetection.Detect(rows, new CommunityOptions { MinScore = score, MinSize = size, Threads = 2 }, cancellationToken: Token);
            Assert.Equal(Naive(rows, score, size), partition.Members.Select(members => members.Order().ToArray()));
        }, iter: 15);

    [Fact]
    public void Members_are_as_near_as_asked_for_and_communities_as_large()
    {
        var rows = Rows.Groups(1500, 40, 24, 0.5f, seed: 2);
        var partition = CommunityDetection.Detect(rows, new CommunityOptions { MinScore = 0.8, MinSize = 5 }, cancellationToken: Token);

        Assert.True(partition.Count >= 30, $"{partition.Count} communities of 40 groups");
        for (var cluster = 0; cluster < partition.Count; cluster++)
        {
            Assert.True(partition.Members[cluster].Count >= 5);
            Assert.All(partition.Members[cluster], row =>
            {
                Assert.Equal(Similarity.Cosine(rows[row], partition.Centers[cluster]), partition.Scores[row], 1e-5);
                Assert.True(partition.Scores[row] >= 0.8 - 2e-6);
            });
        }
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var rows = Rows.Random(2000, 5, seed: 4);
        var one = CommunityDetection.Detect(rows, new CommunityOptions { MinScore = 0.9, Threads = 1 }, cancellationToken: Token);
        var many = CommunityDetection.Detect(rows, new CommunityOptions { MinScore = 0.9, Threads = 5 }, cancellationToken: Token);

        Assert.Equal(one.Assignments, many.Assignments);
        Assert.Equal(one.Scores, many.Scores);
    }

    [Fact]
    public void Equal_texts_are_found_with_a_score_of_1()
    {
        float[] text = [0.1f, 0.7f, 0.31f, -0.9f];
        var partition = CommunityDetection.Detect(
            Rows.Of([1, 0, 0, 0], text, [.. text.Select(value => 3 * value)], [0, 0, 0, 1], [0, 0, 0, 0]), new CommunityOptions { MinScore = 1 }, cancellationToken: Token);

        Assert.Equal([-1, 0, 0, -1, -1], partition.Assignments);
    }

    [Fact]
    public void Thousands_of_equal_texts_need_no_list_of_all_pairs()
    {
        var rows = new EmbeddingMatrix(4_000, 4);
        rows.Values.Fill(0.5f);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var partition = CommunityDetection.Detect(rows, new CommunityOptions { Threads = 1 }, cancellationToken: Token);

        Assert.Equal(4_000, Assert.Single(partition.Members).Count);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40_000_000, "sixteen million entries take at least 64 MB");
    }

    [Fact]
    public void No_rows_give_nothing_and_one_row_is_alone()
    {
        Assert.Equal(0, CommunityDetection.Detect(new EmbeddingMatrix(0, 3), cancellationToken: Token).Count);
        Assert.Equal([-1], CommunityDetection.Detect(Rows.AtAngles(0), cancellationToken: Token).Assignments);
        Assert.Equal([0], CommunityDetection.Detect(Rows.AtAngles(0), new CommunityOptions { MinSize = 1 }, cancellationToken: Token).Assignments);
    }

    [Fact]
    public void Numbers_that_are_none_are_named() =>
        Assert.Contains("Embedding 0", Assert.Throws<ArgumentException>(() => CommunityDetection.Detect(Rows.Of([float.NaN]), cancellationToken: Token)).Message, StringComparison.Ordinal);

    [Fact]
    public void Defaults_are_those_documented_and_values_out_of_range_are_refused()
    {
        var options = new CommunityOptions();
        Assert.Equal((0.75, 2, null), (options.MinScore, options.MinSize, options.Threads));
        foreach (var wrong in (CommunityOptions[])
            [options with { MinScore = 1.01 }, options with { MinScore = double.NaN }, options with { MinSize = 0 }, options with { Threads = 0 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => CommunityDetection.Detect(Rows.AtAngles(0), wrong, cancellationToken: Token));
        }
    }

    [Fact]
    public void Progress_ends_with_all_pairs_and_cancelling_stops_it()
    {
        var shares = new List<double>();
        CommunityDetection.Detect(Rows.Random(1000, 3, 1), new CommunityOptions { Threads = 1 }, new Recorder(shares.Add), Token);
        Assert.True(shares.Count > 2 && shares[0] > 0);
        Assert.Equal(1, shares[^1]);
        Assert.Equal(shares.Order(), shares);

        Assert.ThrowsAny<OperationCanceledException>(() => CommunityDetection.Detect(Rows.Random(1000, 3, 1), cancellationToken: new CancellationToken(canceled: true)));
    }

    private static IEnumerable<int[]> Naive(EmbeddingMatrix rows, double score, int size)
    {
        var unit = UnitRows.Of(rows);
        var neighbors = new List<int>[rows.Count];

        // The product's own bits: a pair on the very edge must not depend on rounding here.
        var cosines = new float[rows.Count * rows.Count];
        DotProducts.Compute(unit.Values, unit.Values, unit.Dimensions, cosines);
        for (var row = 0; row < rows.Count; row++)
        {
            neighbors[row] = [];
            for (var other = 0; other < rows.Count; other++)
            {
                if (other != row && cosines[(row * rows.Count) + other] >= (float)score - 1e-6f)
                {
                    neighbors[row].Add(other);
                }
            }
        }

        var free = Enumerable.Range(0, rows.Count).ToHashSet();
        var communities = new List<int[]>();
        foreach (var center in Enumerable.Range(0, rows.Count).OrderByDescending(row => neighbors[row].Count).ThenBy(row => row))
        {
            int[] members = [.. neighbors[center].Append(center).Where(free.Contains).Order()];
            if (free.Contains(center) && members.Length >= size)
            {
                communities.Add(members);
                free.ExceptWith(members);
            }
        }

        return communities.OrderByDescending(members => members.Length).ThenBy(members => members[0]);
    }

    private sealed class Recorder(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
