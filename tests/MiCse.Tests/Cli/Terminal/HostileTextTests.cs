using System.Text;
using MiCse.Cli;
using MiCse.Cli.Terminal;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Terminal;

/// <summary>No text, file name or setting reaches a terminal with its control characters.</summary>
public sealed class HostileTextTests : IDisposable
{
    private const string Hostile = "the dog\u001b[2K\r\u202e0.9999\u0007\u009b1m";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public HostileTextTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("similarity", Hostile, Hostile, "winter")]
    [InlineData("cluster", "texts.jsonl", "--k", "1")]
    [InlineData("pairs", "texts.jsonl", "--min-score", "-1")]
    [InlineData("similarity", "a", "b", "--model", Hostile)]
    [InlineData("encode", Hostile)]
    [InlineData("encode", "texts.jsonl", "--column", Hostile)]
    [InlineData("encode", "texts.jsonl")]
    [InlineData("tokenize", "texts.jsonl")]
    [InlineData("similarity", "--" + Hostile, "a")]
    [InlineData(Hostile)]
    [InlineData("encode", "texts.jsonl", "-o", "missing" + Hostile + "/x.npy")]
    [InlineData("map", "texts.jsonl", "-o", "map." + Hostile)]
    [InlineData("encode", "texts.jsonl", "--max-tokens", Hostile)]
    public void Nothing_of_it_reaches_the_terminal(params string[] arguments)
    {
        WriteTexts();

        var screen = Run(arguments);

        Assert.DoesNotContain(screen, character => char.IsControl(character) && character != '\n');
        Assert.DoesNotContain('\u202e', screen);
        Assert.Contains("\\u", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_shows_queries_and_hits_escaped_and_gives_programs_the_text()
    {
        WriteTexts();
        Assert.Equal(0, CommandRun.Of("index", _folder.File("texts.jsonl"), "--model", _model, "-o", _folder.File("index")).ExitCode);

        var screen = Run("search", _folder.File("index"), Hostile, "winter");
        var json = CommandRun.Of("search", _folder.File("index"), Hostile, "--json");

        Assert.DoesNotContain(screen, character => char.IsControl(character) && character != '\n');
        Assert.Contains("the dog\\u001b[2K\\r\\u202e0.9999\\u0007\\u009b1m", screen, StringComparison.Ordinal);
        Assert.Equal(Hostile, json.Json.GetProperty("query").GetString());
        Assert.Equal(Hostile, json.Json.GetProperty("hits")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Files_keep_the_text()
    {
        WriteTexts();

        Assert.Equal(0, CommandRun.Of("cluster", _folder.File("texts.jsonl"), "--k", "1", "--model", _model, "-o", _folder.File("out.csv")).ExitCode);

        Assert.Contains(Hostile, File.ReadAllText(_folder.File("out.csv")), StringComparison.Ordinal);
    }

    private void WriteTexts() => File.WriteAllLines(
        _folder.File("texts.jsonl"), new[] { Hostile, "winter " + Hostile }.Select(text => System.Text.Json.JsonSerializer.Serialize(new { text })));

    /// <summary>What a terminal shows of both streams.</summary>
    private string Run(params string[] arguments)
    {
        string[] complete = [.. arguments.Select(argument => argument == "texts.jsonl" ? _folder.File(argument) : argument)];
        if (!complete.Contains("--model") && arguments[0] is "similarity" or "cluster" or "pairs" or "encode" or "tokenize" or "map")
        {
            complete = [.. complete, "--model", _model];
        }

        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var streams = new StandardStreams(Stream.Null, output, error) { OutputIsTerminal = true, Variable = name => name == "HF_HUB_OFFLINE" ? "1" : null };
        MiCseCommandLine.Run(complete, streams, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray()) + error;
    }
}
