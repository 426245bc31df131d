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
        Assert.Equal(["model", "source", "scores"], run.Json.EnumerateObject().Select(property => property.Name));
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
}
