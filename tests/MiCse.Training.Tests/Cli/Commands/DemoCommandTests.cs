using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MiCse.Cli.Demo;
using MiCse.Evaluation.Statistics;
using MiCse.Tests;
using MiCse.Vectors;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class DemoCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_it_leaves_is_taken_by_other_commands_and_the_table_says_what_the_files_say()
    {
        var output = Path.Combine(_folder, "demo");

        var run = Demo(output);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["index", "map.html", "model", "pairs.tsv", "queries.tsv", "scores.json", "simcse", "tickets.tsv"], Directory.GetFileSystemEntries(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var scores = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "scores.json"))).RootElement;
        foreach (var (row, key, folder) in new[] { ("before", "before", "micse-small-en"), ("SimCSE", "simcse", Path.Combine(output, "simcse")), ("miCSE", "micse", Path.Combine(output, "model")) })
        {
            var values = scores.GetProperty(key).EnumerateObject().Select(measure => measure.Value.GetProperty("value").GetDouble()).ToArray();
            var shown = Regex.Matches(run.Output.Split('\n').First(line => line.StartsWith(row + " ", StringComparison.Ordinal)), @"([\d.]+) \[")
                .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(values.Select(value => Math.Round(value, 1)), shown.Select(value => value), (a, b) => Math.Abs(a - b) < 0.051);
            Assert.Equal(Slow(folder, output), values, (a, b) => Math.Abs(a - b) < 1e-9);
        }

        // The index's first hit is the one that was printed, and the map colours by the areas.
        var search = CommandRun.Of("search", Path.Combine(output, "index"), "How can I see who opened my link?", "-k", "3");
        Assert.Equal((0, ""), (search.ExitCode, search.Error));
        Assert.Contains(search.Output, run.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(output, "map.html"));
        Assert.All(DemoData.Load().Tickets.Select(ticket => ticket.Area).Distinct(), area => Assert.Contains(area, page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_at_any_number_of_threads_and_nothing_is_overwritten()
    {
        var (one, two) = (Path.Combine(_folder, "one"), Path.Combine(_folder, "two"));

        var first = Demo(one, "--json", "--threads", "1");
        var second = Demo(two, "--json", "--threads", "2");

        Assert.Equal(first.Output, second.Output);
        foreach (var file in new[] { "model/model.safetensors", "simcse/model.safetensors", "map.html", "scores.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(two, file)));
        }

        var again = Demo(one);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("has files in it already", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_sentences_are_not_trained_on_and_scores_follow_from_topics_and_areas()
    {
        var data = DemoData.Load();
        var areas = data.Tickets.GroupBy(ticket => ticket.Topic).ToDictionary(topic => topic.Key, topic => Assert.Single(topic.Select(ticket => ticket.Area).Distinct()));
        var topics = data.Queries.ToDictionary(query => query.Text, query => query.Topic);

        Assert.Equal((240, 120, 320), (data.Tickets.Count, data.Queries.Count, data.Pairs.Count));
        Assert.Empty(data.Tickets.Select(ticket => ticket.Text).Intersect(topics.Keys));
        Assert.All(data.Pairs, pair =>
        {
            var (first, second) = (topics[pair.First], topics[pair.Second]);
            Assert.Equal(first == second ? 2 : areas[first] == areas[second] ? 1 : 0, pair.Score);
        });
    }

    [Fact]
    public void The_verdict_follows_from_the_intervals()
    {
        var scores = Enumerable.Range(0, 40).Select(row => (double)(row % 3)).ToArray();
        var good = new DemoScores(scores, [.. scores.Select(score => score / 2)], [.. scores.Select(_ => 1)]);
        var poor = new DemoScores(scores, [.. scores.Select((score, row) => row * 7 % 40 / 40.0)], [.. scores.Select(_ => 4)]);

        Assert.Equal(
            ["Adapting helps here: with miCSE better than before: the order of pairs and the first hit and MRR.", "miCSE is ahead of SimCSE: better than with SimCSE: the order of pairs and the first hit and MRR."],
            new DemoReport(poor, poor, good, 1).Verdict);
        Assert.StartsWith("Adapting harms here", new DemoReport(good, poor, poor, 1).Verdict[0], StringComparison.Ordinal);
        Assert.Equal(
            ["Adapting does not help here: with miCSE no difference that the interval tells from 0: the order of pairs and the first hit and MRR.",
             "miCSE and SimCSE do not differ: no difference that the interval tells from 0: the order of pairs and the first hit and MRR."],
            new DemoReport(good, good, good, 1).Verdict);
    }

    /// <summary>Figures may differ a little where libtorch multiplies with other instructions; words may not.</summary>
    [Fact]
    public void The_readme_shows_the_table_that_it_prints()
    {
        var readme = File.ReadAllText(Path.Combine(Fixture.Repository, "README.md")).ReplaceLineEndings("\n");
        var shown = Regex.Match(readme, @"\$ \./micse demo\n(?<table>.*?)\n\nadapted model", RegexOptions.Singleline).Groups["table"].Value;

        var printed = CommandRun.Of("demo", "-o", Path.Combine(_folder, "micse-demo")).Output;

        var table = printed[..printed.IndexOf("\n\nadapted model", StringComparison.Ordinal)];
        Assert.Equal(Words(table), Words(shown));
        Assert.Equal(Numbers(table, @"\.\d\b"), Numbers(shown, @"\.\d\b"), (a, b) => Math.Abs(a - b) < 0.5); // scores x 100
        Assert.Equal(Numbers(table, @"\.\d{4}\b"), Numbers(shown, @"\.\d{4}\b"), (a, b) => Math.Abs(a - b) < 0.02); // cosines

        static string Words(string text) => Regex.Replace(Regex.Replace(text, @"[+-]?\d+\.\d+", "#"), " +", " ");
        static double[] Numbers(string text, string decimals) => [.. Regex.Matches(text, @"[+-]?\d+" + decimals).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
    }

    private static CommandRun Demo(string output, params string[] options) =>
        CommandRun.Of(["demo", "-o", output, "--steps", "2", "--sentences", "6", .. options]);

    /// <summary>The three figures computed in another way, from what the folder holds.</summary>
    private static double[] Slow(string model, string folder)
    {
        using var encoder = SentenceEncoder.Load(model);
        var tickets = Rows("tickets.tsv").Select(row => (Vector: encoder.Encode(row[0]), Topic: row[1])).ToList();
        var ranks = Rows("queries.tsv").Select(query =>
        {
            var vector = encoder.Encode(query[0]);
            return 1 + tickets.OrderByDescending(ticket => Similarity.Cosine(vector, ticket.Vector)).ToList().FindIndex(ticket => ticket.Topic == query[1]);
        }).ToList();
        var pairs = Rows("pairs.tsv");
        var cosines = pairs.ConvertAll(pair => Similarity.Cosine(encoder.Encode(pair[1]), encoder.Encode(pair[2])));
        return
        [
            100 * Correlation.Spearman([.. pairs.Select(pair => double.Parse(pair[0], CultureInfo.InvariantCulture))], [.. cosines]),
            100.0 * ranks.Count(rank => rank == 1) / ranks.Count,
            ranks.Average(rank => 100.0 / rank),
        ];

        List<string[]> Rows(string name) => [.. File.ReadLines(Path.Combine(folder, name)).Skip(1).Select(line => line.Split('\t'))];
    }
}
