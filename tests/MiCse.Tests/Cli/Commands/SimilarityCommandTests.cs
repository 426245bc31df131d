using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class SimilarityCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public SimilarityCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_has_the_model_the_source_and_the_scores_best_first()
    {
        var run = CommandRun.Of("similarity", "the dog plays", "snow falls in winter", "the dog plays", "it is raining", "--model", _model, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(["model", "measure", "source", "scores"], run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(_model, run.Json.GetProperty("model").GetString());
        Assert.Equal("the dog plays", run.Json.GetProperty("source").GetString());
        var scores = run.Json.GetProperty("scores").EnumerateArray().ToList();
        Assert.Equal("the dog plays", scores[0].GetProperty("text").GetString());
        Assert.Equal(1, scores[0].GetProperty("score").GetDouble(), 5);
        Assert.Equal(3, scores.Count);
        Assert.True(scores[1].GetProperty("score").GetDouble() >= scores[2].GetProperty("score").GetDouble());
    }

    [Fact]
    public void Scores_are_the_encoders()
    {
        using var encoder = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Pooling = MiCse.Models.Pooling.Mean });

        var run = CommandRun.Of("similarity", "hello world", "it is raining", "--model", _model, "--pooling", "mean", "--json");

        var score = run.Json.GetProperty("scores")[0].GetProperty("score").GetDouble();
        Assert.Equal(encoder.Similarity("hello world", "it is raining"), score, 5);
    }

    [Fact]
    public void People_get_aligned_lines()
    {
        var run = CommandRun.Of("similarity", "the dog", "the dog", "winter", "--model", _model);

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("1.0000  the dog", lines[0]);
        Assert.EndsWith("  winter", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_texts_are_counted_on_the_error_stream()
    {
        var run = CommandRun.Of("similarity", "the dog plays the guitar", "dog", "--model", _model, "--max-tokens", "4", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("micse: 1 of 2 texts was longer than 4 tokens and cut.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void Does_not_load_libtorch()
    {
        CommandRun.Of("similarity", "the dog", "winter", "--model", _model);

        Assert.DoesNotContain("TorchSharp", AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name));
    }

    [Fact]
    public void More_tokens_than_the_model_takes_is_wrong_usage()
    {
        var run = CommandRun.Of("similarity", "the dog", "winter", "--model", _model, "--max-tokens", "65");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("64", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "{")]
    [InlineData("config.json", """{"model_type": "gpt2"}""")]
    [InlineData("model.safetensors", "no tensors")]
    [InlineData("vocab.txt", "[PAD]\n")]
    public void A_broken_model_is_one_sentence_with_the_file(string file, string content)
    {
        File.WriteAllText(Path.Combine(_model, file), content);

        var run = CommandRun.Of("similarity", "the dog", "winter", "--model", _model);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(_model, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_with_130()
    {
        var run = CommandRun.With("", new CancellationToken(canceled: true), "similarity", "the dog", "winter", "--model", _model);

        Assert.Equal(130, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Files_are_compared_all_with_all()
    {
        var (first, second) = WriteFiles();
        using var encoder = SentenceEncoder.Load(_model);

        var run = CommandRun.Of("similarity", "--queries", first, "--texts", second, "--model", _model, "--json", "--top", "2");

        Assert.Equal(["the dog", "winter"], run.JsonLines.Select(line => line.GetProperty("source").GetString()));
        foreach (var line in run.JsonLines)
        {
            var source = line.GetProperty("source").GetString()!;
            var expected = new[] { "snow", "the dog", "a man" }.Select(text => (Text: text, Score: encoder.Similarity(source, text))).OrderByDescending(pair => pair.Score).Take(2);
            Assert.Equal(expected.Select(pair => pair.Text), line.GetProperty("scores").EnumerateArray().Select(pair => pair.GetProperty("text").GetString()!));
        }

        Assert.Equal(["the dog", "", "winter"], CommandRun.Of("similarity", "--queries", first, "--texts", second, "--model", _model).Output
            .Split('\n').Where(line => line.Length == 0 || !char.IsAsciiDigit(line[0]) && line[0] != '-').SkipLast(1));
    }

    [Fact]
    public void Arguments_and_files_go_together()
    {
        var (first, second) = WriteFiles();

        Assert.Equal(3, CommandRun.Of("similarity", "x", "--texts", second, "--model", _model, "--json").Json.GetProperty("scores").GetArrayLength());
        Assert.Equal([2, 2], CommandRun.Of("similarity", "--queries", first, "x", "y", "--model", _model, "--json").JsonLines.Select(line => line.GetProperty("scores").GetArrayLength()));
        Assert.Equal(2, CommandRun.Of("similarity", "x", "y", "--texts", second, "--model", _model).ExitCode);
        Assert.Equal(2, CommandRun.Of("similarity", "--queries", first, "--model", _model).ExitCode);
    }

    [Fact]
    public void Pairwise_takes_the_first_with_the_first()
    {
        var (first, second) = WriteFiles();
        using var encoder = SentenceEncoder.Load(_model);

        var run = CommandRun.Of("similarity", "--pairwise", "--queries", first, "snow", "the dog", "--model", _model, "--json");
        var uneven = CommandRun.Of("similarity", "--pairwise", "--queries", first, "--texts", second, "--model", _model);

        var pairs = run.Json.GetProperty("pairs").EnumerateArray().Select(pair => (pair.GetProperty("a").GetString()!, pair.GetProperty("b").GetString()!)).ToList();
        Assert.Equal([("the dog", "snow"), ("winter", "the dog")], pairs);
        Assert.Equal(encoder.Similarity("winter", "the dog"), run.Json.GetProperty("pairs")[1].GetProperty("score").GetDouble(), 1e-6);
        Assert.Equal(1, uneven.ExitCode);
        Assert.Contains("3 texts cannot be compared pairwise with 2", Assert.Single(uneven.ErrorLines), StringComparison.Ordinal);
    }

    private (string First, string Second) WriteFiles()
    {
        File.WriteAllText(_folder.File("first.txt"), "the dog\nwinter\n");
        File.WriteAllText(_folder.File("second.txt"), "snow\nthe dog\na man\n");
        return (_folder.File("first.txt"), _folder.File("second.txt"));
    }
}
