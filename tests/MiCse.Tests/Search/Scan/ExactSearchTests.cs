using CsCheck;
using MiCse.Search;
using MiCse.Tests.Data;
using MiCse.Vectors;

namespace MiCse.Tests.Search.Scan;

public sealed class ExactSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<IndexPrecision, SimilarityMeasure> Kinds => new MatrixTheoryData<IndexPrecision, SimilarityMeasure>(
        Enum.GetValues<IndexPrecision>(), Enum.GetValues<SimilarityMeasure>());

    // Small whole numbers make equal scores the rule; any number makes them the exception. Vectors of zeros occur in the first.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Equals_the_naive_loop(IndexPrecision precision, SimilarityMeasure measure) => Gen.Select(
        Gen.Int[1, 40], Gen.Int[0, 60], Gen.Int[1, 40], Gen.Int[1, 20], Gen.Int[0, 1000], Gen.Bool).Sample(
        (dimensions, count, queryCount, k, seed, whole) =>
        {
            var random = new Random(seed);
            float Number() => whole ? random.Next(-1, 2) : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-2, 3)));
            float[] Vector() => [.. Enumerable.Range(0, dimensions).Select(_ => Number())];
            var rows = Enumerable.Range(1, count).Select(number => ($"{number}", Vector())).OrderBy(_ => random.Next()).ToList();
            var queries = Enumerable.Range(0, queryCount).Select(_ => Vector()).ToList();
            var options = new SearchOptions { Measure = measure, MinScore = random.Next(2) == 0 ? null : random.NextDouble() - 0.5 };
            using var index = VectorIndex.Open(TestIndex.Write(_folder, rows, dimensions, precision, commitEvery: 25));

            var together = index.Search(new EmbeddingMatrix([.. queries.SelectMany(query => query)], queryCount, dimensions), k, options, Token);

            for (var query = 0; query < queryCount; query++)
            {
                var expected = NaiveSearch.Find(rows, queries[query], k, measure, options.MinScore);
                NaiveSearch.AssertSame(expected, together[query]);
                NaiveSearch.AssertSame(expected, index.Search(queries[query], k, options, Token));
            }
        }, iter: 10, threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void More_rows_than_a_block_and_more_queries_than_share_a_scan(IndexPrecision precision, SimilarityMeasure measure)
    {
        const int dimensions = 48;
        var rows = TestIndex.Random(1500, dimensions, seed: 1);
        // Every row twice more, so that equal scores meet across blocks and segments.
        (string Id, float[] Vector)[] all = [.. rows, .. rows.Select(row => ($"b{row.Id}", row.Vector)), .. rows.Select(row => ($"a{row.Id}", row.Vector))];
        var queries = TestIndex.Random(70, dimensions, seed: 2);
        using var index = VectorIndex.Open(TestIndex.Write(_folder, all, dimensions, precision, commitEvery: 2000));
        var matrix = new EmbeddingMatrix([.. queries.SelectMany(query => query.Vector)], queries.Length, dimensions);

        var one = index.Search(matrix, 10, new SearchOptions { Measure = measure, Threads = 1 }, Token);
        var four = index.Search(matrix, 10, new SearchOptions { Measure = measure, Threads = 4 }, Token);

        for (var query = 0; query < queries.Length; query++)
        {
            NaiveSearch.AssertSame(NaiveSearch.Find(all, queries[query].Vector, 10, measure), one[query]);
            Assert.Equal(one[query], four[query]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Many_equal_rows_are_sorted_by_id(IndexPrecision precision, SimilarityMeasure measure)
    {
        // More of them than are kept as candidates, the smaller ids last.
        var two = TestIndex.Random(2, 32, seed: 8);
        var rows = Enumerable.Range(1, 6000).Reverse().Select(id => ($"{id}", two[id % 3 == 0 ? 1 : 0].Vector)).ToList();
        using var index = VectorIndex.Open(TestIndex.Write(_folder, rows, 32, precision, commitEvery: 4000));

        foreach (var threads in new[] { 1, 3 })
        {
            var hits = index.Search(two[0].Vector, 12, new SearchOptions { Measure = measure, Threads = threads }, Token);

            NaiveSearch.AssertSame(NaiveSearch.Find(rows, two[0].Vector, 12, measure), hits);
        }
    }

    [Fact]
    public void Rows_that_float32_cannot_tell_apart_are_sorted_as_they_really_are()
    {
        // Cosines that differ in the ninth digit: float32 products of these come out in any order.
        const int dimensions = 64;
        var random = new Random(3);
        var query = Enumerable.Range(0, dimensions).Select(_ => (float)random.NextDouble()).ToArray();
        var rows = Enumerable.Range(1, 300)
            .Select(id => ($"{id}", query.Select(value => value + 2e-5f * (float)(random.NextDouble() - 0.5)).ToArray())).ToList();

        foreach (var precision in Enum.GetValues<IndexPrecision>())
        {
            using var index = VectorIndex.Open(TestIndex.Write(_folder, rows, dimensions, precision));

            NaiveSearch.AssertSame(NaiveSearch.Find(rows, query, 10, SimilarityMeasure.Cosine), index.Search(query, 10, null, Token));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_few_large_numbers_spoil_the_codes_but_not_the_result(IndexPrecision precision, SimilarityMeasure measure)
    {
        const int dimensions = 100;
        var rows = TestIndex.Random(400, dimensions, seed: 4);
        foreach (var (_, vector) in rows)
        {
            vector[7] *= 1000;
        }

        using var index = VectorIndex.Open(TestIndex.Write(_folder, rows, dimensions, precision));
        var query = rows[17].Vector;

        NaiveSearch.AssertSame(NaiveSearch.Find(rows, query, 10, measure), index.Search(query, 10, new SearchOptions { Measure = measure }, Token));
    }

    [Fact]
    public void Equal_scores_are_sorted_by_id_shorter_ones_first()
    {
        (string, float[])[] rows = [("10", [1, 0]), ("é", [1, 0]), ("9", [1, 0]), ("b", [1, 0]), ("2", [2, 0])];
        using var index = VectorIndex.Open(TestIndex.Write(_folder, rows, 2));

        Assert.Equal(["2", "9", "b", "10", "é"], index.Search([1, 0], 5, null, Token).Select(hit => hit.Id));
        Assert.Equal(["2", "9"], index.Search([1, 0], 2, null, Token).Select(hit => hit.Id));
    }

    [Fact]
    public void A_hit_has_its_text()
    {
        using var index = VectorIndex.Open(TestIndex.Write(_folder, [("x", [1, 0]), ("y", [0, 1])], 2));

        Assert.Equal(new SearchHit("y", 1, "text of y"), Assert.Single(index.Search([0, 3], 1, null, Token)));
    }

    [Fact]
    public void No_rows_give_no_hits_and_fewer_rows_than_asked_for_all_of_them()
    {
        using var empty = VectorIndex.Open(TestIndex.Write(_folder, [], 3));
        using var two = VectorIndex.Open(TestIndex.Write(_folder, [("a", [1, 0, 0]), ("b", [0, 0, 0])], 3));

        Assert.Empty(empty.Search([1, 2, 3], 10, null, Token));
        Assert.Equal([("a", 1.0), ("b", 0.0)], two.Search([1, 0, 0], int.MaxValue, null, Token).Select(hit => (hit.Id, hit.Score)));
        Assert.Empty(two.Search(new EmbeddingMatrix(0, 3), 10, null, Token));
    }

    [Fact]
    public void Queries_that_cannot_be_answered_are_one_sentence()
    {
        using var index = VectorIndex.Open(TestIndex.Write(_folder, TestIndex.Random(3, 4, seed: 5), 4));

        Assert.Equal("The vector of the query has 3 numbers, expected are 4.", Message(() => index.Search([1, 2, 3], 1)));
        Assert.Equal("The vector of the query has NaN at position 2; all numbers must be finite.", Message(() => index.Search([1, 2, float.NaN, 4], 1)));
        Assert.Contains("E+20", Message(() => index.Search([1e20f, 0, 0, 0], 1)), StringComparison.Ordinal);
        Assert.Equal("k is 0; at least 1 hit must be asked for.", Message(() => index.Search([1, 2, 3, 4], 0)));
        Assert.Contains("Threads is 0", Message(() => index.Search([1, 2, 3, 4], 1, new SearchOptions { Threads = 0 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Can_be_cancelled()
    {
        using var index = VectorIndex.Open(TestIndex.Write(_folder, TestIndex.Random(3, 4, seed: 6), 4));

        Assert.ThrowsAny<OperationCanceledException>(() => index.Search([1, 2, 3, 4], 1, null, new CancellationToken(canceled: true)));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Message(Func<object> search) => Assert.Throws<ArgumentException>(search).Message;
}
