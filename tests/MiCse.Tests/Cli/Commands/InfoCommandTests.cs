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
    public void The_model_may_be_an_argument()
    {
        Assert.Equal(CommandRun.Of("info", "--model", _model).Output, CommandRun.Of("info", _model).Output);
        var twice = CommandRun.Of("info", _model, "--model", _model);
        Assert.Equal(2, twice.ExitCode);
        Assert.Contains("given twice", twice.Error, StringComparison.Ordinal);
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
    public void Prompts_similarity_and_lower_casing_are_described()
    {
        File.WriteAllText(
            Path.Combine(_model, "config_sentence_transformers.json"),
            """{"prompts": {"query": "query: ", "passage": ""}, "default_prompt_name": "query", "similarity_fn_name": "dot"}""");
        File.WriteAllText(Path.Combine(_model, "sentence_bert_config.json"), """{"max_seq_length": 32, "do_lower_case": true}""");

        var json = CommandRun.Of("info", "--model", _model, "--json").Json;
        var table = CommandRun.Of("info", "--model", _model).Output;

        Assert.Equal("""{"query":"query: ","passage":""}""", System.Text.Json.JsonSerializer.Serialize(json.GetProperty("prompts")));
        Assert.Equal("query", json.GetProperty("defaultPrompt").GetString());
        Assert.Equal("dot", json.GetProperty("similarity").GetString());
        Assert.True(json.GetProperty("lowerCase").GetBoolean());
        Assert.Matches("(?m)^prompts +query \"query: \" \\(default: before every text\\), passage \"\"$", table);
        Assert.Matches("(?m)^similarity +dot$", table);
        Assert.Matches("(?m)^texts +lower-cased before the tokenizer$", table);
    }

    [Fact]
    public void A_model_without_prompts_says_so()
    {
        var json = CommandRun.Of("info", "--model", _model, "--json").Json;

        Assert.Empty(json.GetProperty("prompts").EnumerateObject());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("defaultPrompt").ValueKind);
        Assert.Equal("cosine", json.GetProperty("similarity").GetString());
        Assert.False(json.GetProperty("lowerCase").GetBoolean());
        Assert.Matches("(?m)^prompts +none$", CommandRun.Of("info", "--model", _model).Output);
    }

    [Theory]
    [InlineData("export", "--to", "safetensors")]
    [InlineData("export", "--to", "onnx", "--precision", "fp32")]
    [InlineData("grow", "--layers", "8")]
    public void Prompts_are_kept(string command, params string[] options)
    {
        const string Prompts = """{"prompts": {"query": "query: "}, "default_prompt_name": "query", "similarity_fn_name": "dot"}""";
        File.WriteAllText(Path.Combine(_model, "config_sentence_transformers.json"), Prompts);
        var output = _folder.File("out");

        var run = CommandRun.Of([command, "--model", _model, "-o", output, .. options]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            System.Text.Json.Nodes.JsonNode.Parse(Prompts)!.ToJsonString(),
            System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(output, "config_sentence_transformers.json")))!.ToJsonString());
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
