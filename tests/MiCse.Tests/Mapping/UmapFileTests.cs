using MiCse.Files;
using MiCse.Mapping;
using MiCse.Search;
using MiCse.Tests.Clustering;
using MiCse.Tests.Data;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public sealed class UmapFileTests : IDisposable
{
    private static readonly VectorSource Source = new("org/model", "mean", 12, "abc");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DistanceMetric.Cosine, 2, null)]
    [InlineData(DistanceMetric.Euclidean, 5, 60)]
    public void A_map_that_was_read_is_the_map_that_was_written(DistanceMetric metric, int components, int? epochs)
    {
        var token = TestContext.Current.CancellationToken;
        var options = new UmapOptions
        {
            Metric = metric, Components = components, Epochs = epochs, Neighbors = 7, MinDistance = 0.2, Spread = 1.5, NegativeSamples = 3, LearningRate = 0.7, Seed = -9, Threads = 1,
        };
        var map = Umap.Fit(Blobs.Of(90, 3), options, cancellationToken: token);
        var file = _folder.File("news.map");

        map.Save(file, Source);
        var read = Umap.Load(file, out var source, threads: 2);

        Assert.Equal(Source, source);
        Assert.Equal(options with { Threads = 2 }, read.Options);
        Assert.Equal(map.Points.Values.ToArray(), read.Points.Values.ToArray());
        var added = Blobs.Of(20, 3, seed: 4);
        Assert.Equal(map.Transform(added, token).Values.ToArray(), read.Transform(added, token).Values.ToArray());
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_a_flipped_bit_is_one_sentence()
    {
        var file = _folder.File("news.map");
        Umap.Fit(Blobs.Of(12, 2), new UmapOptions { Epochs = 5 }, cancellationToken: TestContext.Current.CancellationToken).Save(file, Source);
        var whole = File.ReadAllBytes(file);
        for (var at = 0; at < whole.Length; at++)
        {
            File.WriteAllBytes(file, whole[..at]);
            AssertOneSentence(file);
            var broken = (byte[])whole.Clone();
            broken[at] ^= (byte)(1 << at % 8);
            File.WriteAllBytes(file, broken);
            AssertOneSentence(file);
        }

        File.WriteAllBytes(file, [.. whole, 0]);
        AssertOneSentence(file);
        File.WriteAllBytes(file, []);
        AssertOneSentence(file);
    }

    [Fact]
    public void Numbers_that_are_claimed_take_no_memory()
    {
        var file = _folder.File("news.map");
        Umap.Fit(Blobs.Of(12, 2), new UmapOptions { Epochs = 5 }, cancellationToken: TestContext.Current.CancellationToken).Save(file, Source);
        var text = File.ReadAllBytes(file);
        var at = text.AsSpan().IndexOf("\"rows\":12"u8);
        "\"rows\":99"u8.CopyTo(text.AsSpan(at));
        File.WriteAllBytes(file, text);

        AssertOneSentence(file);
    }

    [Fact]
    public void A_source_of_other_dimensions_is_refused_and_other_files_are_named()
    {
        var map = Umap.Fit(Blobs.Of(12, 2), new UmapOptions { Epochs = 5 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => map.Save(_folder.File("x"), Source with { Dimensions = 3 })).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        File.WriteAllText(_folder.File("a.txt"), "some text that is no map");
        Assert.Contains("is not a map", Assert.Throws<DataFormatException>(() => Umap.Load(_folder.File("a.txt"), out _)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Umap.Load(_folder.File("none"), out _));
    }

    private static void AssertOneSentence(string file)
    {
        var failure = Assert.Throws<DataFormatException>(() => Umap.Load(file, out _));
        Assert.StartsWith(file, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
