using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class InfoCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public InfoCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_describes_the_model()
    {
        File.WriteAllText(Path.Combine(_model, "README.md"), "---\nlicense: apache-2.0\n---\n");

        var run = CommandRun.Of("info", "--model", _model, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("bert", run.Json.GetProperty("architecture").GetString());
        Assert.Equal(6, run.Json.GetProperty("layers").GetInt32());
        Assert.Equal(64, run.Json.GetProperty("hidden").GetInt32());
        Assert.Equal(512, run.Json.GetProperty("vocabulary").GetInt32());
        Assert.Equal("cls-before-pooler", run.Json.GetProperty("pooling").GetString());
        Assert.Contains("default", run.Json.GetProperty("poolingSource").GetString(), StringComparison.Ordinal);
        Assert.Equal("WordPiece", run.Json.GetProperty("tokenizer").GetString());
        Assert.Equal("apache-2.0", run.Json.GetProperty("license").GetString());
        Assert.Equal(ParametersOf(hidden: 64, layers: 6, intermediate: 128, vocabulary: 512, positions: 64), run.Json.GetProperty("parameters").GetInt64());
        Assert.Equal(
            ["config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"],
            run.Json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("file").GetString()));
    }

    [Fact]
    public void The_pooling_file_is_named_as_the_source()
    {
        Directory.CreateDirectory(Path.Combine(_model, "1_Pooling"));
        File.WriteAllText(Path.Combine(_model, "1_Pooling", "config.json"), """{"word_embedding_dimension": 64, "pooling_mode_mean_tokens": true}""");
        File.WriteAllText(
            Path.Combine(_model, "modules.json"),
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
            """);

        var run = CommandRun.Of("info", "--model", _model);

        Assert.Equal(0, run.ExitCode);
        var pooling = run.Output.Split('\n').Single(line => line.StartsWith("pooling", StringComparison.Ordinal));
        Assert.Contains("mean", pooling, StringComparison.Ordinal);
        Assert.Contains("1_Pooling/config.json", pooling, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_weights_are_one_sentence()
    {
        File.Delete(Path.Combine(_model, "model.safetensors"));

        var run = CommandRun.Of("info", "--model", _model);

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    private static long ParametersOf(long hidden, long layers, long intermediate, long vocabulary, long positions)
    {
        var embeddings = (vocabulary + positions + 2 + 2) * hidden;
        var layer = 4 * (hidden + 1) * hidden + 2 * 2 * hidden + (hidden + 1) * intermediate + (intermediate + 1) * hidden;
        var pooler = (hidden + 1) * hidden;
        return embeddings + layers * layer + pooler;
    }
}
