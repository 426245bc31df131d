using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using MiCse.Cli;
using MiCse.Cli.Terminal;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class EncodeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public EncodeCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pipe_with_a_name_is_read_once_and_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "named pipes of a file system are Unix's");
        var pipe = _folder.File("texts.txt");
        using var made = System.Diagnostics.Process.Start("mkfifo", pipe);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var writing = Task.Run(() => File.WriteAllText(pipe, "the dog\nsnow falls\n"), TestContext.Current.CancellationToken);

        var run = CommandRun.Of("encode", pipe, "--model", _model);

        Assert.Equal(0, run.ExitCode);
        await writing;
        Assert.Equal(["the dog", "snow falls"], run.JsonLines.Select(line => line.GetProperty("text").GetString()));
    }

    [Fact]
    public void Lines_of_int8_need_a_calibration_and_the_refusal_names_the_options()
    {
        var run = CommandRun.With("the dog\n", CancellationToken.None, "encode", "--model", _model, "--output-type", "int8");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            "micse: --output-type int8: a line of JSON is written before the ranges of all embeddings are known; give texts for them with --calibration, or name a .npy or .safetensors file with --output.",
            run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_becomes_lines_of_embeddings_in_order()
    {
        using var encoder = SentenceEncoder.Load(_model);

        var run = CommandRun.With("the dog\n\nsnow falls in winter\n", CancellationToken.None, "encode", "--model", _model);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(["the dog", "", "snow falls in winter"], run.JsonLines.Select(line => line.GetProperty("text").GetString()));
        Assert.Equal([4, 2, 6], run.JsonLines.Select(line => line.GetProperty("tokens").GetInt32()));
        Assert.All(run.JsonLines, line => Assert.False(line.GetProperty("truncated").GetBoolean()));
        Assert.Equal(encoder.Encode("the dog", TestContext.Current.CancellationToken), Embedding(run.JsonLines[0]), (expected, actual) => Math.Abs(expected - actual) <= 1e-5f);
    }

    [Fact]
    public void More_texts_than_are_taken_at_a_time_keep_their_order()
    {
        var texts = Enumerable.Range(0, 2500).Select(number => $"the dog {(char)('b' + number % 20)} {number}").ToList();
        File.WriteAllLines(_folder.File("texts.txt"), texts);

        var run = CommandRun.Of("encode", _folder.File("texts.txt"), "--model", _model);

        Assert.Equal(texts, run.JsonLines.Select(line => line.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("npy")]
    [InlineData("safetensors")]
    [InlineData("parquet")]
    public void Output_goes_to_a_file_by_its_ending(string ending)
    {
        var output = _folder.File($"embeddings.{ending}");

        var run = CommandRun.With("the dog\nwinter\n", CancellationToken.None, "encode", "--model", _model, "-o", output, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Json.GetProperty("texts").GetInt64());
        Assert.Equal(64, run.Json.GetProperty("dimensions").GetInt32());
        Assert.Equal(0, run.Json.GetProperty("truncated").GetInt64());
        Assert.True(new FileInfo(output).Length >= 2 * 64 * sizeof(float), "two embeddings of 64 floats");
    }

    [Fact]
    public void What_was_computed_is_said_and_repeated_texts_count_once()
    {
        File.WriteAllLines(_folder.File("texts.txt"), ["the dog", "winter", "the dog", "the dog"]);

        var run = CommandRun.Of("encode", _folder.File("texts.txt"), "--model", _model, "-o", _folder.File("out.npy"), "--json");

        Assert.Equal(4, run.Json.GetProperty("texts").GetInt64());
        Assert.Equal(3 * 4 + 3, run.Json.GetProperty("tokens").GetInt64());
        Assert.Equal(4 + 3, run.Json.GetProperty("computedTokens").GetInt64());
    }

    [Fact]
    public async Task Whoever_types_gets_an_answer_after_each_line()
    {
        var token = TestContext.Current.CancellationToken;
        var (typed, printed) = (new Pipe(), new Pipe());
        var streams = new StandardStreams(typed.Reader.AsStream(), printed.Writer.AsStream(), TextWriter.Null);
        var command = Task.Run(() => MiCseCommandLine.Run(["encode", "--model", _model], streams, token), token);
        using var answers = new StreamReader(printed.Reader.AsStream());
        foreach (var text in new[] { "the dog", "winter" })
        {
            await typed.Writer.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), token);
            var answer = await answers.ReadLineAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), token);
            Assert.Equal(text, JsonDocument.Parse(answer!).RootElement.GetProperty("text").GetString());
        }

        await typed.Writer.CompleteAsync();
        Assert.Equal(ExitCode.Done, await command);
    }

    [Fact]
    public void Cut_texts_are_flagged_and_counted()
    {
        var run = CommandRun.With("the dog plays the guitar\ndog\n", CancellationToken.None, "encode", "--model", _model, "--max-tokens", "4");

        Assert.Equal([true, false], run.JsonLines.Select(line => line.GetProperty("truncated").GetBoolean()));
        Assert.Equal("micse: 1 of 2 texts was longer than 4 tokens and cut.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void What_was_written_is_said_unless_nothing_is_to_be_said()
    {
        var output = _folder.File("said.npy");
        string[] command = ["encode", "--model", _model, "-o", output];

        Assert.Equal($"micse: {output}: 2 embeddings of 64 dimensions.", Assert.Single(CommandRun.With("the dog\nwinter\n", CancellationToken.None, command).ErrorLines));
        Assert.Empty(CommandRun.With("the dog\n", CancellationToken.None, [.. command, "--quiet"]).Error);
        Assert.Empty(CommandRun.With("the dog\n", CancellationToken.None, [.. command, "--json"]).Error);
    }

    [Fact]
    public void A_bad_line_in_a_file_is_found_before_anything_is_written()
    {
        File.WriteAllBytes(_folder.File("texts.txt"), [.. "the dog\n"u8, 0xFF, .. "\n"u8]);

        var run = CommandRun.Of("encode", _folder.File("texts.txt"), "--model", _model, "-o", _folder.File("out.jsonl"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 2", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("out.jsonl")));
    }

    [Fact]
    public void An_unknown_ending_is_one_sentence()
    {
        var run = CommandRun.With("the dog\n", CancellationToken.None, "encode", "--model", _model, "-o", _folder.File("out.xml"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--output: embeddings cannot be written to a file ending in '.xml'; expected .jsonl, .npy", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_too_many_fields_is_named_once()
    {
        File.WriteAllText(_folder.File("texts.csv"), "text,class\nthe dog,1\nwinter,2,3\n");

        var run = CommandRun.Of("encode", _folder.File("texts.csv"), "--column", "text", "--model", _model);

        Assert.Equal($"micse: {_folder.File("texts.csv")}, line 3: has 3 fields but 2 were expected.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void No_texts_give_no_lines()
    {
        var run = CommandRun.With("", CancellationToken.None, "encode", "--model", _model);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Cancelling_ends_with_130_and_leaves_no_file()
    {
        var run = CommandRun.With("the dog\n", new CancellationToken(canceled: true), "encode", "--model", _model, "-o", _folder.File("out.npy"));

        Assert.Equal(130, run.ExitCode);
        Assert.Equal(["model"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    private static float[] Embedding(JsonElement line) => [.. line.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];

    [Fact]
    public void Normalized_embeddings_have_length_1_and_the_same_direction()
    {
        var plain = Embedding(CommandRun.With("the dog\n", CancellationToken.None, "encode", "--model", _model).Json);

        var normalized = Embedding(CommandRun.With("the dog\n", CancellationToken.None, "encode", "--model", _model, "--normalize").Json);

        var length = Math.Sqrt(plain.Sum(value => (double)value * value));
        Assert.NotEqual(1, length, 0.01);
        Assert.Equal(plain.Select(value => value / length), normalized.Select(value => (double)value), (expected, actual) => Math.Abs(expected - actual) <= 1e-6);
    }
}
