using MiCse.Hub;
using MiCse.Tests.Data;
using MiCse.Tests.Hub;

namespace MiCse.Tests.Cli.Commands;

public sealed class DownloadCommandTests : IDisposable
{
    private const string Known = "princeton-nlp/sup-simcse-bert-base-uncased";
    private readonly HubServer _server = HubServer.Start();
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public DownloadCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _server.Add("org/tiny").With(_model);
        _server.Add(Known).With(_model);
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Download_prints_folder_and_commit()
    {
        var run = Run("download", "org/tiny", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(new string('a', 40), run.Json.GetProperty("commit").GetString());
        var folder = run.Json.GetProperty("folder").GetString()!;
        Assert.True(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(folder + "\n", Run("download", "org/tiny", "--revision", new string('a', 40)).Output);
    }

    [Fact]
    public void A_model_is_named_by_its_id()
    {
        var fromHub = Run("similarity", "the dog", "the man", "--model", "org/tiny", "--json");
        var fromFolder = Run("similarity", "the dog", "the man", "--model", _model, "--json");

        Assert.Equal(0, fromHub.ExitCode);
        Assert.Equal(fromFolder.Json.GetProperty("scores").GetRawText(), fromHub.Json.GetProperty("scores").GetRawText());
        Assert.Equal(0, Run("tokenize", "--model", "org/tiny@main").ExitCode);
    }

    [Fact]
    public void Info_says_why_a_published_model_has_its_pooling()
    {
        var run = Run("info", "--model", Known, "--json");

        Assert.Equal("cls", run.Json.GetProperty("pooling").GetString());
        Assert.Contains($"known for {Known}", run.Json.GetProperty("poolingSource").GetString(), StringComparison.Ordinal);
        Assert.Contains("default of miCSE", Run("info", "--model", "org/tiny", "--json").Json.GetProperty("poolingSource").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_file_is_named_by_its_address()
    {
        _server.Add("org/texts", HubKind.Dataset).Files["train.csv"] = "text\nthe dog\nthe man\n"u8.ToArray();

        var run = Run("tokenize", "hf://datasets/org/texts/train.csv", "--tokenizer", _model);

        Assert.Equal(["the dog", "the man"], run.JsonLines.Select(line => line.GetProperty("text").GetString()));
    }

    [Fact]
    public void An_older_copy_is_noted_on_the_error_stream()
    {
        Run("download", "org/tiny");
        _server.Misbehave = _ => new Trouble { Status = 503 };

        var run = Run("info", "--model", "org/tiny");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("micse: note: org/tiny: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "There is no folder of that name here either", "info", "--model", "org/absent")]
    [InlineData(1, "no revision 'v2'", "download", "org/tiny@v2")]
    [InlineData(2, "given twice", "download", "org/tiny@v2", "--revision", "v3")]
    [InlineData(2, "'a/b/c' is not the id of a repository", "download", "a/b/c")]
    [InlineData(2, "is not the address of a data file", "tokenize", "hf://org/file.txt", "--model", "org/tiny")]
    public void Failures_are_one_sentence(int exitCode, string sentence, params string[] arguments)
    {
        var run = Run(arguments);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    private CommandRun Run(params string[] arguments) => CommandRun.Within(
        name => name switch { "HF_ENDPOINT" => _server.Endpoint.ToString(), "HF_HOME" => _folder.File("home"), _ => null },
        arguments);
}
