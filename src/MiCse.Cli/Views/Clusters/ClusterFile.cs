using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiCse.Clustering;
using MiCse.Files;

namespace MiCse.Cli.Views.Clusters;

/// <summary>Every text with its cluster and its cosine with the centre, as JSON lines or comma-separated; a text in no cluster has -1 and no score.</summary>
internal static class ClusterFile
{
    /// <summary>Writes the whole file or nothing.</summary>
    /// <exception cref="IOException">The file cannot be written; one sentence with the path.</exception>
    public static void Write(string path, IReadOnlyList<string> texts, Partition partition) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var jsonLines = IsJsonLines(path);
        if (!jsonLines)
        {
            writer.WriteLine("text,cluster,score");
        }

        for (var row = 0; row < texts.Count; row++)
        {
            var cluster = partition.Assignments[row];
            float? score = cluster == Partition.None ? null : partition.Scores[row];
            if (jsonLines)
            {
                Json.WriteLine(writer, new JsonObject { ["text"] = texts[row], ["cluster"] = cluster, ["score"] = score });
            }
            else
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Quoted(texts[row])},{cluster},{score}"));
            }
        }
    });

    private static bool IsJsonLines(string path) => Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);

    // Always in quotes: an empty text, or one with spaces at its ends, reads back as it was.
    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
