using MiCse.Tests;
using MiCse.Training.Tests.LowShot;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class LowShotCommandTests : IDisposable
{
    private readonly TinyStudy _study = new();

    public void Dispose() => _study.Dispose();

    [Fact]
    public void From_sentences_to_a_table_and_a_plot()
    {
        var run = Run("--lambda", "0.5", "--layers", "0..2,1..3", "--ami", "exact");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        var lines = run.Output.Split('\n');
        Assert.Matches("^sentences +method +average +STS13 +STS-B dev$", lines[0]);
        Assert.Matches("^ +0 +untrained +-?[0-9.]+ +-?[0-9.]+ +-?[0-9.]+$", lines[1]);
        Assert.Contains(lines, line => line.Contains("8  miCSE λ 0.5 layers 1..3 exact ", StringComparison.Ordinal));
        Assert.Contains("difference to SimCSE", lines);
        Assert.Equal(
            ["cells", "report-dark.png", "report-dark.svg", "report.json", "report.md", "report.png", "report.svg"],
            Directory.EnumerateFileSystemEntries(_study.Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("](report.png)", File.ReadAllText(Path.Combine(_study.Output, "report.md")), StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(_study.Output, "report.png"))[..4]);

        // The second time nothing is trained: the table is what was printed, and the file is the document.
        var again = Run("--lambda", "0.5", "--layers", "0..2,1..3", "--ami", "exact", "--json");
        Assert.Equal(3, again.Json.GetProperty("rows").GetArrayLength());
        Assert.Equal("1..3", again.Json.GetProperty("rows")[2].GetProperty("layers").GetString());
        Assert.Equal(2, again.Json.GetProperty("rows")[2].GetProperty("difference").GetProperty("average").GetProperty("n").GetInt32());
        Assert.Equal(
            again.Json.ToString(),
            System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(_study.Output, "report.json"))).RootElement, Relaxed));
    }

    [Fact]
    public void The_last_weights_of_kept_models()
    {
        var run = Run("--methods", "simcse", "--seeds", "48", "--select", "last", "--keep-models", "--tasks", "STS-B", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("rows")[0].GetProperty("cells")[0].GetProperty("bestStep").ValueKind);
        Assert.Equal("dev", run.Json.GetProperty("tasks").GetProperty("STSBenchmark").GetString());
        Assert.True(File.Exists(Path.Combine(_study.Output, "models", "0008-seed48-simcse", "config.json")));
    }

    [Theory]
    [InlineData("--methods: expected simcse or micse, or several with commas between them, found 'other'.", "--methods", "simcse,other")]
    [InlineData("--lambda: expected a number of at least 0", "--lambda", "-1")]
    [InlineData("--layers: expected layers such as 7..11", "--layers", "2-4")]
    [InlineData("--ami: expected sampled or exact", "--ami", "all")]
    [InlineData("needs an even number of layers", "--layers", "0..3")]
    [InlineData("which is not among the methods", "--methods", "simcse", "--lambda", "1e-3")]
    [InlineData("do not fill a batch of 64", "--batch-size", "64")]
    [InlineData("There is no task 'STS99'", "--tasks", "STS99")]
    public void Options_that_cannot_be_used_are_wrong_usage_and_leave_nothing(string sentence, params string[] options)
    {
        var run = Run(options);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_study.Output));
    }

    [Theory]
    [InlineData("has 40 texts, but a split of 41 is asked for.", "--shots", "41")]
    [InlineData("STS12 cannot be evaluated: there is no STS/STS12-en-test", "--tasks", "STS12")]
    public void Data_that_is_not_there_is_one_sentence(string sentence, params string[] options)
    {
        var run = Run(options);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_study.Output));
    }

    [Fact]
    public void The_only_column_of_texts_is_drawn_from_and_several_are_asked_about()
    {
        var table = _study.Sentences + ".csv";
        File.WriteAllLines(table, ["id,body,label", .. File.ReadLines(_study.Sentences).Select((line, row) => $"{row},{line},{row % 2}")]);
        string[] options = ["--methods", "simcse", "--seeds", "48", "--tasks", "STS-B"];

        var run = Run(["--data", table, .. options]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"micse: {table}: texts are taken from 'body'; left out: 'id', 'label'.", Assert.Single(run.ErrorLines));

        File.WriteAllLines(table, ["title,body", .. File.ReadLines(_study.Sentences).Select(line => $"w5,{line}")]);
        var asked = Run(["--data", table, .. options]);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("which of the columns 'title', 'body' holds the texts; name it with --column.", asked.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_evaluation_data_the_usage_says_what_is_missing()
    {
        var run = CommandRun.Of("lowshot", "--model", _study.Base, "--data", _study.Sentences, "-o", _study.Output);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--eval-data", run.Error, StringComparison.Ordinal);
    }

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private CommandRun Run(params string[] options)
    {
        (string Name, string Value)[] defaults =
        [
            ("--model", _study.Base), ("--data", _study.Sentences), ("--output", _study.Output), ("--eval-data", _study.Senteval), ("--shots", "8"),
            ("--seeds", "48..49"), ("--tasks", "STS13,STS-B"), ("--steps", "2"), ("--batch-size", "8"), ("--learning-rate", "1e-2"), ("--max-tokens", "12"),
            ("--threads", "1"),
        ];
        return CommandRun.Of(["lowshot", .. defaults.Where(option => !options.Contains(option.Name)).SelectMany(option => (string[])[option.Name, option.Value]), .. options]);
    }
}
