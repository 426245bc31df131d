using CsCheck;
using MiCse.Mapping;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class TrustworthinessTests
{
    /// <summary>Far above the rounding of a cosine in single precision.</summary>
    private const double Gap = 1e-5;

    [Fact]
    public void A_faithful_map_has_one()
    {
        var angles = Enumerable.Range(0, 40).Select(i => 0.002f * i * i).ToArray();

        Assert.Equal(1, Of(Arc(angles), Line(angles)));
    }

    [Fact]
    public void Wrong_neighbours_count_by_their_rank()
    {
        // By angle 3 is the farthest of 0 and of 1, and 0 the farthest of 3: 2 ranks too far, three times, of at most 4 · 2.
        var embeddings = Arc([0, 0.17f, 0.52f, 1.22f]);

        Assert.Equal(0.25, Of(embeddings, Line([0, 3, 6, 1]), neighbors: 1), 12);
    }

    [Fact]
    public void The_same_as_a_naive_computation() => Gen.Select(Gen.Int[5, 60], Gen.Int[1, 8], Gen.Long).Sample((count, neighbors, seed) =>
    {
        neighbors = Math.Min(neighbors, (count - 1) / 2);
        var embeddings = WithoutTies(Blobs.Of(4 * count, 3, 7, seed: seed), count, (first, second) => Similarity.Cosine(first, second));
        var map = WithoutTies(Blobs.Rows(4 * count, 2, new RandomSequence(seed + 1)), count, Distance);
        Assert.Equal(Naive(embeddings, map, neighbors), Of(embeddings, map, neighbors), 1e-6);
    }, iter: 60);

    [Fact]
    public void A_part_of_the_rows_stands_for_all()
    {
        var embeddings = Blobs.Of(600, 4);
        var map = Umap.Fit(embeddings, new UmapOptions { Epochs = 60 }, progress: null, TestContext.Current.CancellationToken).Points;
        var all = Of(embeddings, map);

        Assert.Equal(all, Of(embeddings, map, mostRows: 600));
        Assert.Equal(all, Of(embeddings, map, mostRows: 200), 0.02);
        Assert.NotEqual(all, Of(embeddings, map, mostRows: 200));
    }

    [Fact]
    public void What_has_no_answer_is_refused()
    {
        var four = Arc([0, 1, 2, 3]);
        Assert.Contains("4 points", Assert.Throws<ArgumentOutOfRangeException>(() => Of(four, Line([0, 1, 2, 3]), neighbors: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("3 points", Assert.Throws<ArgumentException>(() => Of(four, Line([0, 1, 2]), neighbors: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(four, four, neighbors: 1, mostRows: 0));
    }

    private static double Of(EmbeddingMatrix embeddings, EmbeddingMatrix map, int neighbors = 5, int? mostRows = null) =>
        Trustworthiness.Of(embeddings, map, neighbors, mostRows, threads: 2, cancellationToken: TestContext.Current.CancellationToken);

    private static EmbeddingMatrix Arc(float[] angles) => Blobs.Matrix([.. angles.Select(angle => new[] { MathF.Cos(angle), MathF.Sin(angle) })]);

    private static EmbeddingMatrix Line(float[] places) => Blobs.Matrix([.. places.Select(place => new[] { place, 0 })]);

    /// <summary>
    /// The first rows of which none is nearly as far from two others: which of the two is nearer would be up to rounding, and both answers right.
    /// </summary>
    private static EmbeddingMatrix WithoutTies(EmbeddingMatrix rows, int count, Func<ReadOnlySpan<float>, ReadOnlySpan<float>, double> measure)
    {
        var chosen = new List<int>();
        var seen = new List<SortedSet<double>>();
        for (var row = 0; chosen.Count < count; row++)
        {
            var own = chosen.ConvertAll(other => measure(rows[row], rows[other]));
            if (own.Order().Zip(own.Order().Skip(1), (first, second) => second - first).All(gap => gap > Gap)
                && own.Zip(seen).All(pair => pair.Second.GetViewBetween(pair.First - Gap, pair.First + Gap).Count == 0))
            {
                own.Zip(seen).ToList().ForEach(pair => pair.Second.Add(pair.First));
                seen.Add([.. own]);
                chosen.Add(row);
            }
        }

        return Blobs.Matrix([.. chosen.Select(row => rows[row].ToArray())]);
    }

    private static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second) =>
        Math.Pow((double)first[0] - second[0], 2) + Math.Pow((double)first[1] - second[1], 2);

    private static double Naive(EmbeddingMatrix embeddings, EmbeddingMatrix map, int neighbors)
    {
        var count = embeddings.Count;
        var penalty = 0.0;
        for (var row = 0; row < count; row++)
        {
            var others = Enumerable.Range(0, count).Where(other => other != row).ToList();
            var ranked = others.OrderByDescending(other => Similarity.Cosine(embeddings[row], embeddings[other])).ToList();
            var nearest = others.OrderBy(other => Distance(map[row], map[other])).Take(neighbors);
            penalty += nearest.Sum(other => Math.Max(0, ranked.IndexOf(other) + 1 - neighbors));
        }

        return 1 - 2.0 / (count * neighbors * (2.0 * count - 3 * neighbors - 1)) * penalty;
    }
}
