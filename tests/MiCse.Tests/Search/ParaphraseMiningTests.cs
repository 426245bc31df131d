using CsCheck;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Tests.Search;

public class ParaphraseMiningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Equals_the_naive_loop() => Gen.Select(Gen.Int[0, 90], Gen.Int[1, 6], Gen.Int[1, 8], Gen.Double[-1, 1], Gen.Int[0, 1000], Gen.Bool).Sample(
        (count, dimensions, neighbors, minScore, seed, whole) =>
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, count * dimensions).Select(_ => whole ? random.Next(-1, 2) : (float)(random.NextDouble() - 0.5)).ToArray();
            var matrix = new EmbeddingMatrix(values, count, dimensions);

            var pairs = ParaphraseMining.Find(matrix, new ParaphraseOptions { MinScore = minScore, Neighbors = neighbors }, null, Token);

            Assert.Equal(Naive(matrix, minScore, neighbors), pairs);
        }, iter: 100, threads: 1);

    [Fact]
    public void Does_not_depend_on_threads_or_blocks()
    {
        var rows = TestIndex.Random(700, 20, seed: 3);
        var matrix = new EmbeddingMatrix([.. rows.SelectMany(row => row.Vector)], rows.Length, 20);
        var options = new ParaphraseOptions { MinScore = 0.4, Neighbors = 5 };
        var seen = new List<long>();

        var one = ParaphraseMining.Find(matrix, options with { Threads = 1 }, new Counts(seen), Token);

        Assert.NotEmpty(one);
        Assert.Equal(one, ParaphraseMining.Find(matrix, options with { Threads = 3 }, null, Token));
        Assert.Equal(Naive(matrix, 0.4, 5), one);
        Assert.Equal(700, seen[^1]);
    }

    [Fact]
    public void Equal_rows_are_pairs_and_no_row_is_its_own()
    {
        var matrix = new EmbeddingMatrix([1, 0, 0, 1, 1, 0, 2, 0], 4, 2);

        var pairs = ParaphraseMining.Find(matrix, null, null, Token);

        Assert.Equal([new(0, 2, 1), new(0, 3, 1), new(2, 3, 1)], pairs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fewer_than_two_rows_have_no_pairs(int count) => Assert.Empty(ParaphraseMining.Find(new EmbeddingMatrix(count, 3), null, null, Token));

    [Fact]
    public void What_cannot_be_mined_is_one_sentence()
    {
        var matrix = new EmbeddingMatrix([1, 2, float.NaN, 4], 2, 2);

        Assert.Equal("The vector of row 1 (counted from 0) has NaN at position 0; all values must be finite.", Message(matrix, new()));
        Assert.Contains("Neighbors is 0", Message(matrix, new() { Neighbors = 0 }), StringComparison.Ordinal);
        Assert.Contains("Threads is 0", Message(matrix, new() { Threads = 0 }), StringComparison.Ordinal);
        Assert.Contains("MinScore is NaN", Message(matrix, new() { MinScore = double.NaN }), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults()
    {
        var options = new ParaphraseOptions();
        Assert.Equal((0.8, 100, null), (options.MinScore, options.Neighbors, options.Threads));
    }

    private static List<SentencePair> Naive(EmbeddingMatrix matrix, double minScore, int neighbors) =>
        [.. Enumerable.Range(0, matrix.Count)
            .SelectMany(row => Enumerable.Range(0, matrix.Count).Where(other => other != row)
                .Select(other => (Other: other, Score: Similarity.Cosine(matrix[row], matrix[other])))
                .Where(pair => pair.Score >= minScore).OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Other).Take(neighbors)
                .Select(pair => new SentencePair(Math.Min(row, pair.Other), Math.Max(row, pair.Other), pair.Score)))
            .Distinct().OrderByDescending(pair => pair.Score).ThenBy(pair => pair.First).ThenBy(pair => pair.Second)];

    private static string Message(EmbeddingMatrix matrix, ParaphraseOptions options) =>
        Assert.Throws<ArgumentException>(() => ParaphraseMining.Find(matrix, options)).Message;

    private sealed class Counts(List<long> seen) : IProgress<long>
    {
        public void Report(long value) => seen.Add(value);
    }
}
