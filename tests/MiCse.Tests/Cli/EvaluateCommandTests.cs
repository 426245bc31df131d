using MiCse.Tests.Data;

namespace MiCse.Tests.Cli;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public EvaluateCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _data = _folder.File("senteval");
        Directory.CreateDirectory(Path.Combine(_data, "STS", "STSBenchmark"));
        string[] pairs = ["5.0\tthe dog plays\tthe dog plays", "2.5\tthe dog plays\tthe man plays", "0.0\tthe dog plays\tsnow falls in winter ."];
        var rows = string.Concat(pairs.Select((pair, number) => $"main\tfile\t2012\t{number}\t{pair}\n"));
        File.WriteAllText(Path.Combine(_data, "STS", "STSBenchmark", "sts-dev.csv"), rows);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_has_scores_average_and_missing_tasks()
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--split", "dev", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(_model, run.Json.GetProperty("model").GetString());
        var task = run.Json.GetProperty("tasks").GetProperty("STSBenchmark");
        var spearman = task.GetProperty("spearman").GetDouble();
        Assert.InRange(spearman, 0.4, 1); // equal texts come first in any model
        Assert.InRange(task.GetProperty("pearson").GetDouble(), -1, 1);
        Assert.True(task.TryGetProperty("subsets", out _));
        Assert.Equal(spearman, run.Json.GetProperty("average").GetProperty("sts").GetDouble());
        Assert.Equal(["SICKRelatedness"], run.Json.GetProperty("missing").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void The_table_shows_scores_times_100_and_names_what_is_missing()
    {
        var json = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--split", "dev", "--json").Json;
        var score = (100 * json.GetProperty("average").GetProperty("sts").GetDouble()).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--split", "dev");

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["STS-B", "SICK-R", "S.Avg."], lines[0]);
        Assert.Equal([score, "-", score], lines[1]);
        Assert.Contains("SICKRelatedness", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("1 of 2 tasks", run.ErrorLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STS99")]
    [InlineData(",")]
    public void An_unknown_task_is_wrong_usage(string tasks)
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--tasks", tasks);

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void A_folder_without_any_of_the_tasks_is_one_sentence()
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--tasks", "STS12,STS13");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("STS12", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_one_sentence()
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _folder.File("nothing"));

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void Cancelling_ends_with_130()
    {
        var run = CommandRun.With("", new CancellationToken(canceled: true), "evaluate", "--model", _model, "--data", _data, "--split", "dev");

        Assert.Equal(130, run.ExitCode);
        Assert.Empty(run.Output);
    }
}
