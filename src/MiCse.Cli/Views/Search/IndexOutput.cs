using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Terminal;
using MiCse.Search;

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

        Columns.Write(streams.Output, rows);
    }
}
