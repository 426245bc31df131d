using System.Diagnostics;
using System.Globalization;
using System.Text;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>How an index of int8 vectors grows: time of a query, exact and by cells, recall, time to make it, bytes.</summary>
/// <param name="setting">Folder, rounds.</param>
/// <param name="sizes">Numbers of rows.</param>
/// <param name="mostDivided">Indexes of more rows are not divided, which takes long.</param>
/// <param name="plot">An SVG file; null for none.</param>
internal sealed class ScaleSpeed(Setting setting, int[] sizes, int mostDivided, string? plot) : SpeedSection
{
    private const int Dimensions = 256;
    private const int Hits = 10;
    private const int Queries = 20;
    private const int RowsAtATime = 20_000;

    private static readonly double[] s_recalls = [0.9, 0.95, 0.99];

    public override string Title => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(", ", sizes.Select(size => size.ToString("N0", CultureInfo.InvariantCulture)))} vectors of {Dimensions} dimensions in int8");

    public override string Document => "Size of an index";

    public override string Arguments => string.Create(
        CultureInfo.InvariantCulture, $"scale --rows {string.Join(' ', sizes)}{(mostDivided < sizes.Max() ? $" --most-divided {mostDivided}" : "")} --rounds {setting.Rounds} --plot bench/results/index-scale.svg -o bench/results/index-scale.md");

    public override void Prepare()
    {
        foreach (var rows in sizes.Where(rows => !Directory.Exists(PathOf(rows))))
        {
            var beside = PathOf(rows) + ".new";
            var topics = VectorFile.Topics(rows, Dimensions);
            var start = Stopwatch.GetTimestamp();
            using (var writer = VectorIndexWriter.Create(beside, new VectorSource("random", "none", Dimensions), IndexPrecision.Int8))
            {
                for (var first = 0; first < rows; first += RowsAtATime)
                {
                    var some = VectorFile.Around(first, Math.Min(RowsAtATime, rows - first), topics);
                    for (var row = 0; row < some.Count; row++)
                    {
                        writer.Add("", some[row]);
                    }
                }

                writer.Commit();
                var written = Stopwatch.GetElapsedTime(start).TotalSeconds;
                start = Stopwatch.GetTimestamp();
                if (rows <= mostDivided)
                {
                    writer.Divide();
                }

                File.WriteAllText(
                    setting.PathOf($"scale-{rows}.seconds"), string.Create(CultureInfo.InvariantCulture, $"{written:0} {(rows <= mostDivided ? $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0}" : "not")}"));
            }

            Directory.Move(beside, PathOf(rows));
        }
    }

    public override string Measure()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{Machine.Description}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB of memory. "))
            .Append(CultureInfo.InvariantCulture, $"Vectors scatter around directions, {VectorFile.RowsPerTopic} around each, as texts do around topics; queries are such vectors that are not in the index. Medians of {setting.Rounds} rounds of {Queries} queries, one after the other, ")
            .Append("once the file is in memory as far as it has room; recall is counted against the exact search.\n\n")
            .Append("| rows | search | cells read | recall of the 10 nearest | ms a query | times faster | written in s | divided in s | GB on disk | GB that exact searches read |\n|---|---|---|---|---|---|---|---|---|---|\n");
        var lines = s_recalls.Select(recall => $"--recall {recall.ToString(CultureInfo.InvariantCulture)}").Prepend("exact").ToDictionary(name => name, _ => new List<(double Rows, double Milliseconds)>());
        foreach (var rows in sizes)
        {
            using var index = VectorIndex.Open(PathOf(rows));
            var queries = VectorFile.Around(rows, Queries, VectorFile.Topics(rows, Dimensions));
            var contest = new Contest();
            contest.Add("exact", () => Search(index, queries, null));
            var recalls = index.Segments[0].Cells is null ? [] : s_recalls;
            foreach (var recall in recalls)
            {
                contest.Add(Name(recall), () => Search(index, queries, recall));
            }

            contest.Run(setting.Rounds);
            string[] seconds = File.ReadAllText(setting.PathOf($"scale-{rows}.seconds")).Split(' ');
            var exact = Search(index, queries, null);
            foreach (var recall in recalls.Select(recall => (double?)recall).Prepend(null))
            {
                var name = recall is { } wanted ? Name(wanted) : "exact";
                var milliseconds = contest.Seconds(name) * 1000 / Queries;
                lines[name].Add((rows, milliseconds));
                var probes = recall is { } share ? index.Probes(new SearchOptions { Recall = share }) : null;
                var found = exact.Zip(Search(index, queries, recall), (all, own) => all.Select(hit => hit.Id).Intersect(own.Select(hit => hit.Id)).Count()).Average() / Hits;
                text.Append(CultureInfo.InvariantCulture, $"| {rows:N0} | {name} | {(probes is { } read ? $"{read.Probes} of {index.Segments[0].Cells!.Count}" : "all")} | {found:0.000} | {milliseconds:0.00} | {contest.Ratio(name, "exact"):0.0} | ")
                    .Append(recall is null ? string.Create(CultureInfo.InvariantCulture, $"{seconds[0]} | {seconds[1]} | {index.ByteCount / 1e9:0.0} | {rows * (double)Dimensions / 1e9:0.0} |\n") : " | | | |\n");
            }
        }

        if (plot is not null)
        {
            // One line of cells: the others lie upon it.
            LogPlot.Write(plot, "rows in the index", "ms a query", lines.Where(line => line.Value.Count > 0 && (line.Key == "exact" || line.Key == Name(s_recalls[1]))).ToDictionary());
            text.Append(CultureInfo.InvariantCulture, $"\n![Time of a query by rows]({Path.GetFileName(plot)})\n");
        }

        return text.ToString();
    }

    private static string Name(double recall) => string.Create(CultureInfo.InvariantCulture, $"--recall {recall}");

    private static List<IReadOnlyList<SearchHit>> Search(VectorIndex index, EmbeddingMatrix queries, double? recall) =>
        [.. Enumerable.Range(0, queries.Count).Select(query => index.Search(queries[query], Hits, new SearchOptions { Recall = recall }))];

    private string PathOf(int rows) => setting.PathOf($"scale-{rows}");
}
