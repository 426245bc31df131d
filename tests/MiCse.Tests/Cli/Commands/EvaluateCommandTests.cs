using System.Text.Json.Nodes;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

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
        Assert.Equal(["STS", "STS-B", "SICK-R", "S.Avg."], lines[0]);
        Assert.Equal(["Spearman", score, "-", score], lines[1]);
        Assert.Contains("SICKRelatedness", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("1 of 2 tasks", run.ErrorLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void When_everything_is_missing_all_of_it_is_named()
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--split", "dev", "--tasks", "SICK-R,MR,CR");

        Assert.Equal(1, run.ExitCode);
        var sentence = Assert.Single(run.ErrorLines);
        Assert.All(["(SICKRelatedness)", "(MR)", "(CR)"], name => Assert.Contains(name, sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_missing_is_named_before_the_model_is_loaded()
    {
        var run = CommandRun.Of("evaluate", "--model", _folder.File("nowhere"), "--data", _data, "--split", "dev");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("micse: SICKRelatedness is missing: there is no ", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("nowhere", run.ErrorLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.csv")]
    [InlineData("report.html")]
    public void Results_have_no_other_formats(string file)
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--split", "dev", "-o", _folder.File(file));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--output: ", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("expected .md, .json or a folder", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Transfer_tasks_are_scored_too()
    {
        Directory.CreateDirectory(Path.Combine(_data, "MR"));
        File.WriteAllText(Path.Combine(_data, "MR", "rt-polarity.pos"), "the dog plays\na dog plays\nthe dog sings\na dog\n");
        File.WriteAllText(Path.Combine(_data, "MR", "rt-polarity.neg"), "snow falls\nit is raining\nsnow falls in winter\nwinter\n");

        var run = CommandRun.Of("evaluate", "--model", _model, "--data", _data, "--tasks", "sts,transfer", "--split", "dev", "--folds", "2", "--json");

        Assert.Equal(0, run.ExitCode);
        var accuracy = run.Json.GetProperty("tasks").GetProperty("MR").GetProperty("accuracy").GetDouble();
        Assert.InRange(accuracy, 0.125, 1);
        Assert.Equal(accuracy, run.Json.GetProperty("average").GetProperty("transfer").GetDouble());
        Assert.Equal(6 + 1, run.Json.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public void Another_model_is_compared_with()
    {
        var other = TinyModel.Write(_folder.File("other"));

        var run = CommandRun.Of("evaluate", "--model", _model, "--against", other, "--data", _data, "--split", "dev", "--json", "--bootstrap", "50");

        var comparison = run.Json.GetProperty("comparison");
        Assert.Equal(other, comparison.GetProperty("against").GetString());
        Assert.Equal(0, comparison.GetProperty("tasks").GetProperty("STSBenchmark").GetProperty("difference").GetDouble());
        Assert.Equal(1, comparison.GetProperty("average").GetProperty("sts").GetProperty("p").GetDouble());
    }

    [Fact]
    public void Results_are_written_as_markdown_json_and_mteb_files()
    {
        string[] command = ["evaluate", "--model", _model, "--data", _data, "--split", "dev", "--worst", "2", "-o"];
        Assert.Equal(0, CommandRun.Of([.. command, _folder.File("r.md")]).ExitCode);
        Assert.Equal(0, CommandRun.Of([.. command, _folder.File("r.json")]).ExitCode);
        var run = CommandRun.Of([.. command, _folder.File("results")]);

        var markdown = File.ReadAllText(_folder.File("r.md"));
        Assert.Contains("| STS | STS-B | SICK-R | S.Avg. |", markdown, StringComparison.Ordinal);
        Assert.Contains("| task | gold |", markdown, StringComparison.Ordinal);
        Assert.Contains("SICK_trial.txt", markdown, StringComparison.Ordinal);
        var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(_folder.File("r.json"))).RootElement;
        Assert.Equal(2, json.GetProperty("worst").GetArrayLength());
        Assert.True(File.Exists(Path.Combine(_folder.File("results"), "model", "no_revision_available", "STSBenchmark.json")));
        Assert.Contains("rank gap", run.Output, StringComparison.Ordinal);
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

    [Fact]
    public void Triplets_are_scored_with_a_row_for_each_label()
    {
        var run = CommandRun.Of("evaluate", "--model", _model, "--triplets", Triplets(), "--label-column", "kind");

        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(["kind", "triplets", "right", "accuracy", "95 % from", "95 % to", "margin"], lines[0]);
        Assert.Equal(["same", "2", "2", "100.0", "34.2", "100.0"], lines[1][..6]);
        Assert.Equal(["other", "1", "0", "0.0"], lines[2][..4]);
        Assert.Equal(["all", "3", "2", "66.7"], lines[3][..4]);
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public void Triplets_of_two_models_are_compared()
    {
        var file = _folder.File("scores.json");
        var run = CommandRun.Of("evaluate", "--model", _model, "--against", _model, "--triplets", Triplets(), "--json", "-o", file);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.Output.TrimEnd(), JsonNode.Parse(File.ReadAllText(file))!.ToJsonString());
        var triplets = run.Json.GetProperty("triplets");
        Assert.Equal((3, 2), (triplets.GetProperty("count").GetInt32(), triplets.GetProperty("right").GetInt32()));
        Assert.Empty(run.Json.GetProperty("kinds").EnumerateObject());
        var against = run.Json.GetProperty("against");
        Assert.Equal(triplets.GetProperty("margin").GetDouble(), against.GetProperty("triplets").GetProperty("margin").GetDouble());
        Assert.Equal(1, against.GetProperty("triplets").GetProperty("p").GetDouble());
    }

    [Fact]
    public void Columns_of_triplets_may_have_other_names_or_none()
    {
        File.WriteAllText(_folder.File("named.csv"), "trap,text,paraphrase\nsnow falls in winter .,the dog plays,the dog plays\n");
        File.WriteAllText(_folder.File("bare.tsv"), "the dog plays\tthe dog plays\tsnow falls in winter .\n");

        var named = CommandRun.Of(
            "evaluate", "--model", _model, "--triplets", _folder.File("named.csv"), "--column", "text", "--column", "paraphrase", "--column", "trap", "-o", _folder.File("a.md"));
        var bare = CommandRun.Of("evaluate", "--model", _model, "--triplets", _folder.File("bare.tsv"), "--no-header", "-o", _folder.File("b.md"));

        Assert.Equal((0, 0), (named.ExitCode, bare.ExitCode));
        Assert.Equal(named.Output, bare.Output);
        Assert.Contains("| all | 1 | 1 | 100.0 |", File.ReadAllText(_folder.File("a.md")), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_folder.File("a.md")), File.ReadAllText(_folder.File("b.md")));
    }

    [Theory]
    [InlineData("--eval-data or --triplets is needed")]
    [InlineData("--tasks: is for SentEval's tasks", "--triplets", "x.tsv", "--tasks", "sts")]
    [InlineData("--label-column: is for --triplets", "--eval-data", ".", "--label-column", "kind")]
    [InlineData("three columns are needed", "--triplets", "x.tsv", "--column", "a")]
    [InlineData("'b' is named twice", "--triplets", "x.tsv", "--column", "a", "--column", "b", "--column", "b")]
    [InlineData("'anchor' is named twice", "--triplets", "x.tsv", "--label-column", "anchor")]
    [InlineData("--triplets: an empty text names no file", "--triplets", "")]
    [InlineData("ending in .md or .json, found 'scores'", "--triplets", "x.tsv", "-o", "scores")]
    public void Triplets_and_tasks_have_options_of_their_own(string message, params string[] options)
    {
        var run = CommandRun.Of(["evaluate", "--model", _model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_triplets_says_what_it_lacks()
    {
        File.WriteAllText(_folder.File("empty.tsv"), "anchor\tpositive\tnegative\n");
        File.WriteAllText(_folder.File("pairs.tsv"), "anchor\tpositive\na\tb\n");

        File.WriteAllText(_folder.File("gap.tsv"), "anchor\tpositive\tnegative\na\tb\tc\na\t\tc\n");
        var gap = CommandRun.Of("evaluate", "--model", _model, "--triplets", _folder.File("gap.tsv"));
        var empty = CommandRun.Of("evaluate", "--model", _model, "--triplets", _folder.File("empty.tsv"));
        var pairs = CommandRun.Of("evaluate", "--model", _model, "--triplets", _folder.File("pairs.tsv"));

        Assert.Equal((1, 1, 1), (empty.ExitCode, pairs.ExitCode, gap.ExitCode));
        Assert.Contains("gap.tsv, line 3: the positive is empty", gap.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("empty.tsv: holds no triplets.", empty.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("negative", pairs.ErrorLines[0], StringComparison.Ordinal);
    }

    private string Triplets()
    {
        var path = _folder.File("triplets.tsv");
        File.WriteAllText(path, "kind\tanchor\tpositive\tnegative\nsame\tthe dog plays\tthe dog plays\tthe man plays\nother\tthe dog plays\tthe man plays\tthe dog plays\nsame\ta dog\ta dog\tsnow falls in winter .\n");
        return path;
    }
}
