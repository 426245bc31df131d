using System.Text.Json;
using MiCse.Data;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class ClusterCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ClusterCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_spreadsheet_finds_no_formula_in_a_csv_file_that_is_safe()
    {
        string[] formulas = ["=HYPERLINK(\"http://example.org\")", "+1", "-2+3", "@SUM(A1)", " =1", "＝1"];
        string[] others = ["the dog = the cat", "3-2", "", "'quoted'"];
        File.WriteAllLines(_folder.File("texts.txt"), [.. formulas, .. others]);
        string[] Texts(string name, params string[] options)
        {
            var run = CommandRun.Of(["cluster", _folder.File("texts.txt"), "-k", "2", "--model", _model, "-o", _folder.File(name), .. options]);
            Assert.Equal(0, run.ExitCode);
            return [.. TextFile.ReadTexts(_folder.File(name), new TextFileOptions { Columns = ["text"] })];
        }

        Assert.Equal([.. formulas.Select(text => "'" + text), .. others], Texts("safe.csv", "--csv-safe"));
        Assert.Equal([.. formulas, .. others], Texts("plain.csv"));
        Assert.Equal([.. formulas, .. others], Texts("lines.jsonl", "--csv-safe"));

        var map = CommandRun.Of("map", _folder.File("safe.csv"), "--column", "text", "--label-column", "text", "--model", _model, "-o", _folder.File("map.csv"), "--csv-safe");
        Assert.Equal(0, map.ExitCode);
        Assert.All(TextFile.ReadRows(_folder.File("map.csv"), new TextFileOptions { Columns = ["text", "label"] }).Take(6), row =>
            Assert.All(row.Values, text => Assert.StartsWith("'", text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Numbers_are_labels_and_a_tsv_file_may_be_quoted()
    {
        foreach (var name in new[] { "ints.csv", "ints.jsonl", "ints.parquet" })
        {
            var run = CommandRun.Of("cluster", Fixture.Shared("fixtures", "field", "06-number-columns", name), "--label-column", "label", "--k", "2", "--json");
            Assert.Equal(0, run.ExitCode);
            Assert.Equal(1, run.Json.GetProperty("nmi").GetDouble());
        }

        File.WriteAllText(_folder.File("a.tsv"), "text\tlabel\n\"the dog\nplays\"\t1\nsnow\t2\n");
        Assert.Equal(0, CommandRun.Of("cluster", _folder.File("a.tsv"), "--label-column", "label", "--k", "2", "--model", _model, "--quoted").ExitCode);
        Assert.Equal(1, CommandRun.Of("cluster", _folder.File("a.tsv"), "--label-column", "label", "--k", "2", "--model", _model).ExitCode);
    }

    [Fact]
    public void Clusters_by_density_leave_out_what_is_between_them()
    {
        string[] dense = [.. Enumerable.Repeat("the dog plays", 6), .. Enumerable.Repeat("snow falls in winter", 5)];
        var file = Write("texts.txt", string.Join('\n', [.. dense, "music guitar man"]) + "\n");

        var run = CommandRun.Of("cluster", file, "--min-cluster-size", "4", "--model", _model, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([6, 5], run.Json.GetProperty("clusters").EnumerateArray().Select(cluster => cluster.GetProperty("size").GetInt32()));
        Assert.Equal(1, run.Json.GetProperty("unassigned").GetInt32());

        var both = CommandRun.Of("cluster", file, "--min-cluster-size", "4", "-k", "2", "--model", _model);
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("--min-cluster-size finds clusters by density and does not go with --clusters", both.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of("cluster", file, "--min-cluster-size", "1", "--model", _model).ExitCode);
    }

    [Fact]
    public void Density_has_its_own_options_and_may_be_looked_for_on_a_map()
    {
        string[] topics = ["the dog plays with the ball", "snow falls in winter", "a woman sings a song"];
        var file = Write("texts.txt", string.Concat(Enumerable.Range(0, 60).Select(row => $"{topics[row % 3]} {(char)('a' + row / 3)}\n")));

        var map = CommandRun.Of("cluster", file, "--min-cluster-size", "5", "--map-components", "3", "--model", _model, "--json");
        Assert.Equal((0, ""), (map.ExitCode, map.Error));
        var sizes = map.Json.GetProperty("clusters").EnumerateArray().Select(cluster => cluster.GetProperty("size").GetInt32()).ToList();
        Assert.InRange(sizes.Count, 2, 12);
        Assert.All(sizes, size => Assert.InRange(size, 5, 60));
        Assert.Equal(60, sizes.Sum() + map.Json.GetProperty("unassigned").GetInt32());
        Assert.NotEqual(CommandRun.Of("cluster", file, "--min-cluster-size", "5", "--model", _model, "--json").Output, map.Output);

        var few = CommandRun.Of("cluster", file, "--min-cluster-size", "5", "--min-samples", "1", "--model", _model, "--json");
        var many = CommandRun.Of("cluster", file, "--min-cluster-size", "5", "--min-samples", "25", "--model", _model, "--json");
        Assert.True(few.Json.GetProperty("unassigned").GetInt32() < many.Json.GetProperty("unassigned").GetInt32(), many.Output);

        foreach (var option in (string[])["--min-samples", "--map-components"])
        {
            var alone = CommandRun.Of("cluster", file, option, "3", "--model", _model);
            Assert.Equal(2, alone.ExitCode);
            Assert.Contains($"{option} is for clusters by density; give --min-cluster-size too.", alone.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_has_clusters_with_size_center_label_and_members()
    {
        var file = Write("texts.txt", "the dog plays\nsnow falls in winter\nthe dog plays\nthe dog plays\nsnow falls in winter\n");

        var run = CommandRun.Of("cluster", file, "--k", "2", "--model", _model, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(["model", "clusters", "unassigned", "silhouette"], run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(_model, run.Json.GetProperty("model").GetString());
        Assert.Equal(0, run.Json.GetProperty("unassigned").GetInt32());
        Assert.Equal(1, run.Json.GetProperty("silhouette").GetDouble(), 1e-4);
        var clusters = run.Json.GetProperty("clusters").EnumerateArray().ToList();
        Assert.Equal(["size", "center", "label", "members"], clusters[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal([3, 2], clusters.Select(cluster => cluster.GetProperty("size").GetInt32()));
        Assert.Equal(["the dog plays", "snow falls in winter"], clusters.Select(cluster => cluster.GetProperty("center").GetString()));
        Assert.Equal(["dog, plays", "falls, snow, winter"], clusters.Select(cluster => cluster.GetProperty("label").GetString()));
        Assert.Equal([1, 4], clusters[1].GetProperty("members").EnumerateArray().Select(member => member.GetProperty("index").GetInt32()));
        Assert.All(clusters[1].GetProperty("members").EnumerateArray(), member =>
        {
            Assert.Equal("snow falls in winter", member.GetProperty("text").GetString());
            Assert.Equal(1, member.GetProperty("score").GetDouble(), 1e-5);
        });
    }

    [Fact]
    public void Without_k_groups_are_found_by_score_and_loners_are_in_none()
    {
        var file = Write("texts.txt", "the dog\nsnow falls in winter\nthe dog\n");
        var output = _folder.File("clusters.jsonl");

        var run = CommandRun.Of("cluster", file, "--min-score", "0.99999", "--model", _model, "--json", "-o", output);

        Assert.Equal(1, run.Json.GetProperty("unassigned").GetInt32());
        Assert.Equal(2, Assert.Single(run.Json.GetProperty("clusters").EnumerateArray()).GetProperty("size").GetInt32());
        var members = File.ReadAllLines(output).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["the dog", "snow falls in winter", "the dog"], members.Select(member => member.GetProperty("text").GetString()));
        Assert.Equal([0, -1, 0], members.Select(member => member.GetProperty("cluster").GetInt32()));
        Assert.Equal(JsonValueKind.Null, members[1].GetProperty("score").ValueKind);
        Assert.All([members[0], members[2]], member => Assert.Equal(1, member.GetProperty("score").GetDouble(), 1e-5));
        Assert.Equal(0, CommandRun.Of("cluster", file, "--min-score", "0.99999", "--min-size", "3", "--model", _model, "--json").Json.GetProperty("clusters").GetArrayLength());
    }

    [Fact]
    public void Labels_are_compared_and_a_csv_reads_back()
    {
        var file = Write("texts.csv", "class,title\npets,\"the dog, \"\"plays\"\"\"\nweather,\"snow\nfalls\"\npets,\"the dog, \"\"plays\"\"\"\nsport,a man plays\n");
        var output = _folder.File("clusters.csv");

        var run = CommandRun.Of("cluster", file, "--column", "title", "--label-column", "class", "-k", "3", "--model", _model, "--json", "-o", output);

        Assert.Equal(1, run.Json.GetProperty("nmi").GetDouble(), 1e-9);
        Assert.Equal(1, run.Json.GetProperty("ari").GetDouble(), 1e-9);
        var rows = TextFile.ReadRows(output, new TextFileOptions { Columns = ["text", "cluster", "score"] }).Select(row => row.Values).ToList();
        Assert.Equal(["the dog, \"plays\"", "snow\nfalls", "the dog, \"plays\"", "a man plays"], rows.Select(row => row[0]));
        Assert.Equal(["0", "1", "0", "2"], rows.Select(row => row[1]));
        Assert.All(rows, row => Assert.Equal(1, double.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture), 1e-5));
    }

    [Fact]
    public void People_get_a_table_and_the_figures()
    {
        var file = Write("texts.csv", "text,class\nthe dog,1\nsnow falls in winter,2\nthe dog,2\n");

        var run = CommandRun.Of("cluster", file, "--label-column", "class", "--k", "2", "--model", _model);

        var lines = run.Output.Split('\n');
        Assert.StartsWith("cluster  texts  score  words", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("      0      2  1.000  dog", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("the dog", lines[1], StringComparison.Ordinal);
        Assert.Contains("texts                          3", lines);
        Assert.Contains("clusters                       2", lines);

        // Entropies ln 3 - 2/3 ln 2 of both, of the pairs ln 3: 2 (H - (ln 3 - H)) / 2H.
        var entropy = Math.Log(3) - (2 * Math.Log(2) / 3);
        Assert.Contains(FormattableString.Invariant($"normalised mutual information  {2 - (Math.Log(3) / entropy):0.0000}"), lines);
        Assert.Contains("adjusted Rand index            -0.5000", lines);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var file = Write("texts.txt", string.Concat(Enumerable.Range(0, 60).Select(i => $"the {(char)('a' + (i % 26))} plays {i}\n")));

        var runs = ((string[])["1", "3"]).Select(threads => CommandRun.Of("cluster", file, "-k", "5", "--seed", "7", "--threads", threads, "--model", _model, "--json")).ToList();

        Assert.Equal(runs[0].Output, runs[1].Output);
        Assert.Equal(5, runs[0].Json.GetProperty("clusters").GetArrayLength());
    }

    [Fact]
    public void More_clusters_than_different_texts_are_as_many_as_there_are_texts()
    {
        var run = CommandRun.Of("cluster", Write("texts.txt", "the dog\nthe dog\nwinter\n"), "--k", "10", "--model", _model, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Json.GetProperty("clusters").GetArrayLength());
        Assert.Equal("micse: 10 clusters were asked for and 2 found: the texts have no more distinct embeddings.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void One_text_is_one_cluster_without_a_silhouette()
    {
        var run = CommandRun.Of("cluster", Write("texts.txt", "the dog\n"), "--k", "1", "--model", _model, "--json");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("silhouette").ValueKind);
        Assert.Equal("the dog", Assert.Single(run.Json.GetProperty("clusters").EnumerateArray()).GetProperty("center").GetString());
    }

    [Theory]
    [InlineData(1, "holds no texts", "empty.txt", "--k", "2")]
    [InlineData(2, "expected .jsonl or .csv", "texts.txt", "--k", "2", "-o", "clusters.xml")]
    [InlineData(1, "there is no column 'topic'", "texts.csv", "--label-column", "topic")]
    [InlineData(1, "there is no column 'text'", "other.csv", "--label-column", "class")]
    [InlineData(2, "needs --column as well", "texts.csv", "--label-column", "2", "--no-header")]
    [InlineData(2, "do not go with --k", "texts.txt", "--k", "2", "--min-score", "0.5")]
    [InlineData(2, "do not go with --k", "texts.txt", "--k", "2", "--min-size", "3")]
    [InlineData(2, "--min-score: expected a number from -1 to 1", "texts.txt", "--min-score", "1.5")]
    public void What_cannot_be_is_one_sentence_and_leaves_nothing(int exitCode, string sentence, string file, params string[] arguments)
    {
        Write("empty.txt", "");
        Write("texts.txt", "the dog\nwinter\n");
        Write("texts.csv", "text,class\nthe dog,1\n");
        Write("other.csv", "title,class\nthe dog,1\n");
        var before = Directory.GetFileSystemEntries(_folder.Path).Order().ToList();

        var run = CommandRun.Of(["cluster", _folder.File(file), "--model", _model, .. arguments]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(sentence, run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path).Order());
    }

    [Fact]
    public void Cancelling_ends_with_130_and_leaves_no_file()
    {
        var run = CommandRun.With("the dog\nwinter\n", new CancellationToken(canceled: true), "cluster", "--k", "1", "--model", _model, "-o", _folder.File("out.csv"));

        Assert.Equal(130, run.ExitCode);
        Assert.False(File.Exists(_folder.File("out.csv")));
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }

    [Fact]
    public void One_start_of_k_means_may_be_enough()
    {
        var texts = Write("texts.txt", "the dog\nwinter\nsnow\nhello world\n");

        Assert.Equal(0, CommandRun.Of("cluster", texts, "--clusters", "2", "--restarts", "1", "--model", _model).ExitCode);
        Assert.Equal(2, CommandRun.Of("cluster", texts, "--clusters", "2", "--restarts", "0", "--model", _model).ExitCode);
    }
}
