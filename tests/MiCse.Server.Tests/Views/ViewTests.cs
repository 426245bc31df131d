using System.Net;
using System.Text.Json;
using MiCse.Explanation;
using MiCse.Mapping;

namespace MiCse.Server.Tests.Views;

/// <summary>The routes behind the page's map and explanation.</summary>
public sealed class ViewTests(SharedServer shared)
{
    [Fact]
    public async Task A_map_is_told_while_it_is_drawn_and_is_the_librarys_in_the_end()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(number => number % 2 == 0 ? $"The guitar sounds good, {number}." : $"It rains in town {number}.")];

        var answer = (await shared.Run.PostAsync("/map", JsonSerializer.Serialize(new { texts, clusters = 2 }))).Require(HttpStatusCode.OK);

        Assert.Equal("application/x-ndjson", answer.Headers["Content-Type"]);
        var lines = answer.Text.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var stages = lines.ConvertAll(line => line.GetProperty("stage").GetString());
        Assert.Equal(["encoding", "clusters", "moving", "done"], stages.Distinct());
        var clusters = lines.Single(line => line.GetProperty("stage").GetString() == "clusters");
        Assert.Equal(2, clusters.GetProperty("labels").GetArrayLength());
        var label = clusters.GetProperty("label").EnumerateArray().Select(value => value.GetInt32()).ToList();
        Assert.All(label.Index(), text => Assert.Equal(label[text.Index % 2], text.Item));

        var map = Umap.Fit(new Vectors.EmbeddingMatrix([.. texts.SelectMany(text => shared.Unit(text))], texts.Length, 384), new UmapOptions { Seed = 42, Threads = 1 });
        var done = lines[^1];
        Assert.All(done.GetProperty("x").EnumerateArray().Index(), x => Assert.Equal(map.Points[x.Index][0], x.Item.GetSingle(), 0.0011f)); // written with three digits
        Assert.Equal(4, done.GetProperty("frame").GetArrayLength());
        Assert.Contains("trustworthiness", done.GetProperty("about").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"texts": []}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"texts": ["a", "b"], "clusters": 0}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"texts": ["a", "b"], "model": "unknown"}""", HttpStatusCode.NotFound)]
    public async Task A_map_that_cannot_be_is_refused(string body, HttpStatusCode status) => (await shared.Run.PostAsync("/map", body)).Require(status);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Few_texts_have_a_map(int count)
    {
        var body = JsonSerializer.Serialize(new { texts = Enumerable.Range(0, count).Select(number => $"text {number}") });

        var answer = (await shared.Run.PostAsync("/map", body)).Require(HttpStatusCode.OK);

        Assert.Contains("\"done\"", answer.Text.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_is_the_librarys()
    {
        var (first, second) = ("A man plays the guitar.", "Someone makes very fine music.");

        var answer = (await shared.Run.PostAsync("/explain", JsonSerializer.Serialize(new { first, second }))).Require(HttpStatusCode.OK).Json;

        var expected = PairExplanation.Of(shared.Encoder, first, second, null, ServerRun.Token);
        Assert.Equal(expected.Score, answer.GetProperty("score").GetDouble());
        Assert.Equal(
            expected.First.Words.Select(word => word.Importance), answer.GetProperty("first").GetProperty("words").EnumerateArray().Select(word => word.GetProperty("importance").GetDouble()));
        Assert.Equal(6 * 12, answer.GetProperty("heads").GetArrayLength()); // layers and heads of the built-in model
        Assert.All(answer.GetProperty("heads").EnumerateArray(), head => Assert.InRange(head.GetProperty("between").GetDouble(), 0, 13.9));
        Assert.Equal(0, answer.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public async Task Texts_too_long_to_be_explained_are_refused() =>
        (await shared.Run.PostAsync("/explain", JsonSerializer.Serialize(new { first = new string('x', 1_001), second = "" }))).Require(HttpStatusCode.RequestEntityTooLarge);
}
