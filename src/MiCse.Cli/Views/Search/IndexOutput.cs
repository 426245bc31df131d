using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Terminal;
using MiCse.Search;
using MiCse.Search.Files;

namespace MiCse.Cli.Views.Search;

/// <summary>What the commands that change an index say at the end.</summary>
internal static class IndexOutput
{
    /// <summary>Writes count, dimensions and size of the index, and how many texts were changed.</summary>
    /// <param name="streams">Where to.</param>
    /// <param name="json">For programs.</param>
    /// <param name="path">The index.</param>
    /// <param name="change">What was done, "added" or "removed", and to how many texts; null for nothing.</param>
    public static void Write(StandardStreams streams, bool json, string path, (string Verb, long Texts)? change = null)
    {
        using var index = VectorIndex.Open(path);
        if (json)
        {
            var document = new JsonObject { ["count"] = index.Count, ["dimensions"] = index.Source.Dimensions, ["bytes"] = index.ByteCount };
            if (change is { } changed)
            {
                document[changed.Verb] = changed.Texts;
            }

            if (Cells(index) is { } division)
            {
                document["cells"] = division.Cells;
                document["recall"] = Json.Array(division.Recall.Select(recall => new JsonObject { ["cells"] = recall.Probes, ["share"] = recall.Share }));
            }

            Json.WriteLine(streams.Output, document);
            return;
        }

        var culture = CultureInfo.InvariantCulture;
        List<IReadOnlyList<string>> rows =
        [
            ["texts", index.Count.ToString("N0", culture)],
            ["dimensions", index.Source.Dimensions.ToString("N0", culture)],
            ["bytes", index.ByteCount.ToString("N0", culture)],
            ["model", $"{index.Source.Model}, pooling {index.Source.Pooling}"],
            ["index", path],
        ];
        if (change is { } done)
        {
            rows.Insert(0, [done.Verb, done.Texts.ToString("N0", culture)]);
        }

        if (Cells(index) is { } divided)
        {
            rows.Add(["cells", divided.Cells.ToString("N0", culture)]);
            rows.AddRange(divided.Recall.Select(recall => new[]
            {
                "recall", string.Create(culture, $"{recall.Share:0.0 %} of the {CellMeasurement.Top} nearest in {recall.Probes:N0} {(recall.Probes == 1 ? "cell" : "cells")}"),
            }));
        }

        Columns.Write(streams.Output, rows);
    }

    /// <summary>The division of an index, and what was measured of it; null for an index without.</summary>
    private static (int Cells, IReadOnlyList<CellRecall> Recall)? Cells(VectorIndex index) =>
        index.Segments is [{ Cells: { } cells } divided, ..] ? (cells.Count, divided.Entry.Recall ?? []) : null;
}
