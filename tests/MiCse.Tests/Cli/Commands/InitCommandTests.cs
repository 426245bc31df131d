using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class InitCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _tokenizer;

    public InitCommandTests() => _tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_a_model_of_the_size_asked_for()
    {
        var output = _folder.File("fresh");

        var run = Init(output, "--intermediate", "48", "--max-positions", "20", "--json");

        Assert.Equal(0, run.ExitCode);
        // (vocabulary + positions + types + norm) × hidden, then per layer attention, feed-forward and norms.
        var parameters = (512 + 20 + 2 + 2) * 16 + 2 * (4 * 17 * 16 + 17 * 48 + 49 * 16 + 2 * 2 * 16);
        Assert.Equal($$"""{"parameters":{{parameters}}}""", run.Output.TrimEnd());
        var info = CommandRun.Of("info", "--model", output, "--json").Json;
        Assert.Equal(parameters, info.GetProperty("parameters").GetInt64());
        Assert.Equal(2, info.GetProperty("layers").GetInt32());
        Assert.Equal(16, info.GetProperty("hidden").GetInt32());
        Assert.Equal(20, info.GetProperty("maxTokens").GetInt32());
    }

    [Fact]
    public void The_family_is_the_one_that_is_asked_for()
    {
        Assert.Equal(0, Init(_folder.File("default")).ExitCode);
        Assert.Equal(0, Init(_folder.File("distilbert"), "--model-type", "distilbert").ExitCode);
        var unknown = Init(_folder.File("unknown"), "--model-type", "gpt2");

        Assert.Contains("\"model_type\": \"bert\"", File.ReadAllText(Path.Combine(_folder.File("default"), "config.json")), StringComparison.Ordinal);
        Assert.Contains("\"model_type\": \"distilbert\"", File.ReadAllText(Path.Combine(_folder.File("distilbert"), "config.json")), StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("similarity", "the dog", "winter", "--model", _folder.File("distilbert")).ExitCode);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("--model-type: 'gpt2' is no model type that is supported", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void The_seed_decides_the_weights()
    {
        foreach (var (name, seed) in new[] { ("a", "1"), ("b", "1"), ("c", "2") })
        {
            Assert.Equal(0, Init(_folder.File(name), "--seed", seed).ExitCode);
        }

        Assert.Equal(Weights("a"), Weights("b"));
        Assert.NotEqual(Weights("a"), Weights("c"));
    }

    [Fact]
    public void A_fresh_model_compares_texts()
    {
        Init(_folder.File("fresh"));

        Assert.Equal(0, CommandRun.Of("similarity", "the dog", "winter", "--model", _folder.File("fresh")).ExitCode);
    }

    [Fact]
    public void A_folder_with_files_in_it_is_left_alone()
    {
        var run = Init(_tokenizer);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(_tokenizer, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_tokenizer, "config.json")));
    }

    [Fact]
    public void A_size_that_makes_no_model_is_one_sentence_and_leaves_nothing()
    {
        var run = CommandRun.Of("init", "--tokenizer", _tokenizer, "--layers", "2", "--hidden", "15", "--heads", "2", "-o", _folder.File("fresh"));

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Equal(["tokenizer"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void The_size_is_required()
    {
        var run = CommandRun.Of("init", "--tokenizer", _tokenizer, "-o", _folder.File("fresh"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--layers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_with_130_and_leaves_nothing()
    {
        var run = CommandRun.With(
            "", new CancellationToken(canceled: true), "init", "--tokenizer", _tokenizer, "--layers", "2", "--hidden", "16", "--heads", "2", "-o", _folder.File("fresh"));

        Assert.Equal(130, run.ExitCode);
        Assert.Equal(["tokenizer"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(_folder.File(name), "model.safetensors"));

    private CommandRun Init(string output, params string[] more) =>
        CommandRun.Of(["init", "--tokenizer", _tokenizer, "--layers", "2", "--hidden", "16", "--heads", "2", "-o", output, .. more]);
}
