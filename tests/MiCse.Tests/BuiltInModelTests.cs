using MiCse.Models;
using MiCse.Vectors;

namespace MiCse.Tests;

/// <summary>The model that runs when none is named, as it lies in the repository.</summary>
public sealed class BuiltInModelTests
{
    private static readonly string s_folder = Path.Combine(Fixture.Repository, "models", "micse-small-en");

    [Fact]
    public void Related_texts_come_first()
    {
        var run = CommandRun.Of(
            "similarity", "A man is playing a guitar.", "The stock market fell.", "Someone plays an instrument.", "A woman is slicing an onion.", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("micse-small-en", run.Json.GetProperty("model").GetString());
        Assert.Equal("Someone plays an instrument.", run.Json.GetProperty("scores")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("The bridge across the river was opened in 1932.", "Construction of the road crossing was finished that year.", "The singer released a new album.")]
    [InlineData("The volcano erupted in Iceland.", "Lava flowed from a mountain.", "The team won the football match.")]
    [InlineData("She was born in a small village in France.", "The French town where she grew up.", "The company sells computers.")]
    [InlineData("The film received positive reviews from critics.", "Critics praised the movie.", "The river flows into the sea.")]
    public void It_tells_topics_apart(string text, string near, string far)
    {
        using var encoder = SentenceEncoder.Load(s_folder);

        Assert.True(encoder.Similarity(text, near) > encoder.Similarity(text, far));
    }

    [Fact]
    public void In_int8_its_vectors_hardly_move()
    {
        var texts = File.ReadLines(Path.Combine(s_folder, "README.md")).Where(line => line.Length > 20).ToArray();
        using var exact = SentenceEncoder.Load(s_folder);
        using var rounded = SentenceEncoder.Load(s_folder, new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });

        var (before, after) = (exact.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings, rounded.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings);

        Assert.InRange(Enumerable.Range(0, texts.Length).Average(row => Similarity.Cosine(before[row], after[row])), 0.998, 0.99999);
    }

    [Fact]
    public void It_is_small_and_has_a_card() => Assert.Multiple(
        () => Assert.True(Directory.GetFiles(s_folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length) < 24_000_000),
        () => Assert.Contains("license: apache-2.0", File.ReadAllText(Path.Combine(s_folder, "README.md")), StringComparison.Ordinal));
}
