using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Clustering;

namespace MiCse.Cli.Views.Clusters;

/// <summary>What <c>cluster</c> found.</summary>
/// <param name="Model">The model as it was named.</param>
/// <param name="Texts">The texts, in their order.</param>
/// <param name="Partition">Their clusters.</param>
internal sealed record ClusterReport(string Model, IReadOnlyList<string> Texts, Partition Partition)
{
    /// <summary>More rows than a screen holds are for files and programs.</summary>
    private const int MostShown = 30;
    private const int LongestText = 70;

    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    /// <summary>What each cluster is about.</summary>
    public required IReadOnlyList<ClusterLabel> Labels { get; init; }

    /// <summary>The mean silhouette; NaN with fewer than two clusters.</summary>
    public required double Silhouette { get; init; }

    /// <summary>How the clusters agree with given labels; null without labels.</summary>
    public required (double NormalizedMutualInformation, double AdjustedRandIndex)? Agreement { get; init; }

    /// <summary>Compares clusters with labels, over the texts that are in a cluster.</summary>
    public static (double NormalizedMutualInformation, double AdjustedRandIndex) Agree(Partition partition, IReadOnlyList<string> labels)
    {
        var rows = Enumerable.Range(0, labels.Count).Where(row => partition.Assignments[row] != Partition.None).ToList();
        int[] clusters = [.. rows.Select(row => partition.Assignments[row])];
        string[] classes = [.. rows.Select(row => labels[row])];
        return (ClusterAgreement.NormalizedMutualInformation(clusters, classes), ClusterAgreement.AdjustedRandIndex(clusters, classes));
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject
        {
            ["model"] = Model,
            ["clusters"] = Json.Array(Labels.Select(ToJson)),
            ["unassigned"] = Partition.Unassigned,
            ["silhouette"] = double.IsNaN(Silhouette) ? null : Silhouette,
        };
        if (Agreement is var (information, rand))
        {
            document["nmi"] = information;
            document["ari"] = rand;
        }

        return document;
    }

    /// <summary>For people.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="file">The file that was written as well, if any.</param>
    public void Print(TextWriter output, string? file)
    {
        if (Partition.Count > 0)
        {
            Columns.Write(output, [["cluster", "texts", "score", "words", "most typical text"], .. Labels.Take(MostShown).Select(ToRow)], 0, 1, 2);
            if (Partition.Count > MostShown)
            {
                output.WriteLine(string.Create(s_culture, $"… and {Partition.Count - MostShown:N0} smaller ones, which --output and --json list as well"));
            }

            output.WriteLine();
        }

        var figures = new List<string[]>
        {
            new[] { "texts", Texts.Count.ToString("N0", s_culture) },
            new[] { "clusters", Partition.Count.ToString("N0", s_culture) },
            new[] { "texts in none", Partition.Unassigned.ToString("N0", s_culture) },
            new[] { "silhouette", double.IsNaN(Silhouette) ? "-" : Silhouette.ToString("0.0000", s_culture) },
        };
        if (Agreement is var (information, rand))
        {
            var scope = Partition.Unassigned > 0 ? " (of the texts in clusters)" : "";
            figures.Add(["normalised mutual information", string.Create(s_culture, $"{information:0.0000}{scope}")]);
            figures.Add(["adjusted Rand index", string.Create(s_culture, $"{rand:0.0000}{scope}")]);
        }

        if (file is not null)
        {
            figures.Add(["written", file]);
        }

        Columns.Write(output, figures);
    }

    private JsonObject ToJson(ClusterLabel label, int cluster) => new()
    {
        ["size"] = Partition.Members[cluster].Count,
        ["center"] = Texts[label.Center],
        ["label"] = string.Join(", ", label.Words),
        ["members"] = Json.Array(Partition.Members[cluster].Select(row => new JsonObject
        {
            ["index"] = row,
            ["text"] = Texts[row],
            ["score"] = Partition.Scores[row],
        })),
    };

    private string[] ToRow(ClusterLabel label, int cluster) =>
    [
        cluster.ToString(s_culture),
        Partition.Members[cluster].Count.ToString("N0", s_culture),
        Partition.Members[cluster].Average(row => Partition.Scores[row]).ToString("0.000", s_culture),
        string.Join(", ", label.Words),
        Shortened(Texts[label.Center]),
    ];

    private static string Shortened(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var end = char.IsHighSurrogate(line.ElementAtOrDefault(LongestText - 2)) ? LongestText - 2 : LongestText - 1;
        return line.Length <= LongestText ? line : $"{line.AsSpan(0, end)}…";
    }
}
