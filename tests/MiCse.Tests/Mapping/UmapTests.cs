using MiCse.Mapping;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class UmapTests
{
    private static readonly UmapOptions Quick = new() { Epochs = 100 };

    [Fact]
    public void Blobs_stay_together_and_apart()
    {
        var embeddings = Blobs.Of(210, 3);

        var map = Fit(embeddings).Points;

        for (var row = 0; row < map.Count; row++)
        {
            Assert.All(Nearest(map, row, 5), other => Assert.Equal(row % 3, other % 3));
        }

        Assert.True(Trustworthiness.Of(embeddings, map, cancellationToken: TestContext.Current.CancellationToken) > 0.9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        var embeddings = Blobs.Of(700, 4);
        var map = Fit(embeddings, Quick with { Threads = 1 });

        Assert.All([2, 3, 8], threads =>
        {
            var other = Fit(embeddings, Quick with { Threads = threads });
            Assert.Equal(map.Points.Values.ToArray(), other.Points.Values.ToArray());
            Assert.Equal(Transform(map, embeddings).Values.ToArray(), Transform(other, embeddings).Values.ToArray());
        });
        Assert.NotEqual(map.Points.Values.ToArray(), Fit(embeddings, Quick with { Seed = 43 }).Points.Values.ToArray());
    }

    [Fact]
    public void New_points_come_to_lie_among_their_like()
    {
        var all = Blobs.Of(300, 3);
        var map = Fit(new EmbeddingMatrix(all.Values[..(200 * 12)].ToArray(), 200, 12), Quick);

        var added = Transform(map, new EmbeddingMatrix(all.Values[(200 * 12)..].ToArray(), 100, 12));

        Assert.Equal((100, 2), (added.Count, added.Dimensions));
        var places = new EmbeddingMatrix([.. map.Points.Values, .. added.Values], 300, 2);
        for (var row = 200; row < 300; row++)
        {
            Assert.All(Nearest(places, row, 5), other => Assert.Equal(row % 3, other % 3));
        }
    }

    [Fact]
    public void Where_a_new_point_lands_does_not_depend_on_the_others()
    {
        var map = Fit(Blobs.Of(120, 3), Quick);
        var added = Blobs.Of(40, 3, seed: 5);

        var together = Transform(map, added);

        Assert.Equal(together[39].ToArray(), Transform(map, new EmbeddingMatrix(added[39].ToArray(), 1, 12))[0].ToArray());
        Assert.Equal(0, Transform(map, new EmbeddingMatrix(0, 12)).Count);
    }

    [Fact]
    public void Lengths_do_not_matter()
    {
        var embeddings = Blobs.Of(80, 2);
        var doubled = new EmbeddingMatrix(Array.ConvertAll(embeddings.Values.ToArray(), value => 2 * value), 80, 12);

        Assert.Equal(Fit(embeddings, Quick).Points.Values.ToArray(), Fit(doubled, Quick).Points.Values.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Fewer_points_than_neighbours_have_a_map(int count)
    {
        var map = Fit(Blobs.Of(count, 2)).Points;

        Assert.Equal((count, 2), (map.Count, map.Dimensions));
        Assert.All(map.Values.ToArray(), value => Assert.True(Math.Abs(value) < 50));
        Assert.Equal(count, map.Values.ToArray().Chunk(2).Select(place => (place[0], place[1])).Distinct().Count());
    }

    [Fact]
    public void A_point_alone_lies_in_the_middle() => Assert.Equal([0, 0], Fit(Blobs.Matrix([1, 2, 3])).Points.Values.ToArray());

    [Fact]
    public void Copies_lie_together()
    {
        var rows = Enumerable.Range(0, 60).Select(i => i < 30 ? new float[] { 1, 0, 0.5f } : [0, 1, -0.5f]).ToArray();

        var map = Fit(Blobs.Matrix(rows), Quick).Points;

        Assert.All(map.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
        Assert.All(Enumerable.Range(0, 60), row => Assert.All(Nearest(map, row, 3), other => Assert.Equal(row < 30, other < 30)));
    }

    [Fact]
    public void Zero_vectors_and_one_dimension_have_places()
    {
        Assert.All(Fit(new EmbeddingMatrix(30, 4), Quick).Points.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
        Assert.All(Fit(Blobs.Of(30, 2, dimensions: 1), Quick).Points.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "an infinite number")]
    public void What_is_not_finite_is_named(float value, string name)
    {
        var embeddings = Blobs.Of(20, 2);
        embeddings[17][3] = value;

        var failure = Assert.Throws<ArgumentException>(() => Fit(embeddings));

        Assert.Contains("Embedding 17", failure.Message, StringComparison.Ordinal);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_points_must_fit_the_map()
    {
        Assert.Contains("of 3 dimensions", Assert.Throws<ArgumentException>(() => Transform(Fit(Blobs.Of(20, 2), Quick), new EmbeddingMatrix(1, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Transform(Fit(new EmbeddingMatrix(0, 3)), new EmbeddingMatrix(1, 3)));
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        var seen = new Shares();

        Umap.Fit(Blobs.Of(100, 2), Quick, seen, TestContext.Current.CancellationToken);

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Any_number_of_components(int components)
    {
        var embeddings = Blobs.Of(150, 3);

        var map = Fit(embeddings, Quick with { Components = components });

        Assert.Equal((150, components), (map.Points.Count, map.Points.Dimensions));
        Assert.True(Trustworthiness.Of(embeddings, map.Points, cancellationToken: TestContext.Current.CancellationToken) > 0.8);
        Assert.Equal((150, components), (Transform(map, embeddings).Count, Transform(map, embeddings).Dimensions));
    }

    [Fact]
    public void By_Euclidean_distance_lengths_matter()
    {
        // Two groups that point the same way, near and far.
        var rows = Enumerable.Range(0, 80).Select(i => (float[])[(i % 2 == 0 ? 1 : 9) + 0.01f * i, 0.02f * (i % 7)]).ToArray();

        var map = Fit(Blobs.Matrix(rows), Quick with { Metric = DistanceMetric.Euclidean });

        for (var row = 0; row < 80; row++)
        {
            Assert.All(Nearest(map.Points, row, 5), other => Assert.Equal(row % 2, other % 2));
        }

        var added = Transform(map, Blobs.Matrix([[1.3f, 0.05f], [9.3f, 0.05f]]));
        Assert.All([0, 1], point => Assert.Equal(point, Enumerable.Range(0, 80).MinBy(row => Distance(map.Points[row], added[point])) % 2));
    }

    private static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => Math.Pow(first[0] - second[0], 2) + Math.Pow(first[1] - second[1], 2);

    [Fact]
    public void Cancelling_stops() => Assert.ThrowsAny<OperationCanceledException>(() =>
        Umap.Fit(Blobs.Of(100, 2), Quick, cancellationToken: new CancellationToken(canceled: true)));

    private static Umap Fit(EmbeddingMatrix embeddings, UmapOptions? options = null) =>
        Umap.Fit(embeddings, options, progress: null, TestContext.Current.CancellationToken);

    private static EmbeddingMatrix Transform(Umap map, EmbeddingMatrix embeddings) => map.Transform(embeddings, TestContext.Current.CancellationToken);

    private static IEnumerable<int> Nearest(EmbeddingMatrix map, int row, int count) => Enumerable.Range(0, map.Count)
        .Where(other => other != row)
        .OrderBy(other => Math.Pow(map[row][0] - map[other][0], 2) + Math.Pow(map[row][1] - map[other][1], 2))
        .Take(count);

    private sealed class Shares : List<double>, IProgress<double>
    {
        public void Report(double value) => Add(value);
    }
}
