using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Clustering;

namespace MiCse.Cli.Views.Clusters;

/// <summary>Every text with its cluster and its cosine with the centre, as JSON lines or comma-separated; a text in no cluster has -1 and no score.</summary>
internal static class ClusterFile
{
    /// <summary>Writes the whole file or nothing.</summary>
    /// <exception cref="IOException">The file cannot be written; one sentence with the path.</exception>
    public static void Write(string path, IReadOnlyList<string> texts, Partition partition) => ResultFile.Write(
        path,
        texts.Select((text, row) => (Text: text, Cluster: partition.Assignments[row], Score: partition.Assignments[row] == Partition.None ? (float?)null : partition.Scores[row])),
        row => new JsonObject { ["text"] = row.Text, ["cluster"] = row.Cluster, ["score"] = row.Score },
        "text,cluster,score",
        row => [string.Create(CultureInfo.InvariantCulture, $"{Csv.Quoted(row.Text)},{row.Cluster},{row.Score}")]);
}
