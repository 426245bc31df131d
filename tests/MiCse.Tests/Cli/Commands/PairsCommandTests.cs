using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class PairsCommandTests : IDisposable
{
    private const string Texts = "the dog plays\nsnow falls in winter\nthe dog plays\nhello world\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public PairsCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_has_the_pairs_best_first_with_the_encoders_scores()
    {
        var texts = Texts.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var encoder = SentenceEncoder.Load(_model);

        var run = CommandRun.With(Texts, CancellationToken.None, "pairs", "--model", _model, "--min-score", "-1", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        var pairs = run.Json.GetProperty("pairs").EnumerateArray().ToList();
        Assert.Equal(["a", "b", "score", "aNumber", "bNumber"], pairs[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(6, pairs.Count);
        Assert.Equal((1, 3), (pairs[0].GetProperty("aNumber").GetInt32(), pairs[0].GetProperty("bNumber").GetInt32()));
        Assert.Equal(pairs.Select(pair => pair.GetProperty("score").GetDouble()).OrderDescending(), pairs.Select(pair => pair.GetProperty("score").GetDouble()));
        Assert.All(pairs, pair =>
        {
            var (a, b) = (pair.GetProperty("a").GetString()!, pair.GetProperty("b").GetString()!);
            Assert.Equal(a, texts[pair.GetProperty("aNumber").GetInt32() - 1]);
            Assert.Equal(b, texts[pair.GetProperty("bNumber").GetInt32() - 1]);
            Assert.Equal(encoder.Similarity(a, b), pair.GetProperty("score").GetDouble(), 1e-5);
        });
    }

    [Fact]
    public void People_get_both_texts_with_their_numbers()
    {
        var run = CommandRun.With(Texts, CancellationToken.None, "pairs", "--model", _model, "--min-score", "0.9999");

        Assert.Equal("1.0000  1  the dog plays\n        3  the dog plays\n", run.Output);
    }

    [Fact]
    public void Neighbors_bound_the_pairs()
    {
        var same = string.Concat(Enumerable.Repeat("the dog\n", 10));

        var run = CommandRun.With(same, CancellationToken.None, "pairs", "--model", _model, "--neighbors", "1", "--json");

        // Everybody's first neighbour is row 1, and its own is row 2.
        Assert.All(run.Json.GetProperty("pairs").EnumerateArray(), pair => Assert.Equal(1, pair.GetProperty("aNumber").GetInt32()));
        Assert.Equal(9, run.Json.GetProperty("pairs").GetArrayLength());
    }

    [Theory]
    [InlineData("")]
    [InlineData("the dog\n")]
    public void Fewer_than_two_texts_have_no_pairs(string texts)
    {
        var run = CommandRun.With(texts, CancellationToken.None, "pairs", "--model", _model, "--json");

        Assert.Equal("""{"pairs":[]}""", run.Output.TrimEnd());
    }

    [Fact]
    public void Cancelling_ends_with_130() =>
        Assert.Equal(130, CommandRun.With(Texts, new CancellationToken(canceled: true), "pairs", "--model", _model).ExitCode);

    [Fact]
    public void The_best_pairs_go_to_a_file()
    {
        var (csv, jsonl) = (_folder.File("pairs.csv"), _folder.File("pairs.jsonl"));
        string[] command = ["pairs", "--model", _model, "--min-score", "-1", "--top", "2"];

        var run = CommandRun.With(Texts, CancellationToken.None, [.. command, "-o", csv]);
        var json = CommandRun.With(Texts, CancellationToken.None, [.. command, "-o", jsonl, "--json"]);

        Assert.Equal($"pairs    2\nwritten  {csv}\n", run.Output);
        var rows = File.ReadAllLines(csv);
        Assert.Equal("a,b,score,aNumber,bNumber", rows[0]);
        Assert.Equal(3, rows.Length);
        Assert.StartsWith("\"the dog plays\",\"the dog plays\",", rows[1], StringComparison.Ordinal);
        Assert.EndsWith(",1,3", rows[1], StringComparison.Ordinal);
        Assert.Equal(
            json.Json.GetProperty("pairs").EnumerateArray().Select(pair => pair.GetRawText()), File.ReadAllLines(jsonl));
    }
}
