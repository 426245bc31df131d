using System.Globalization;
using MiCse.Clustering;

namespace MiCse.Views.Map;

/// <summary>What the clusters of a map are called: by their number, the largest first, and their most characteristic words.</summary>
internal static class ClusterNames
{
    private const int Words = 3;

    /// <summary>The name of each text's cluster.</summary>
    public static List<string> Of(IReadOnlyList<string> texts, Partition partition)
    {
        // Numbers of one length, so that names sort as numbers do.
        var digits = new string('0', partition.Count.ToString(CultureInfo.InvariantCulture).Length);
        var names = ClusterLabel.Describe(texts, partition, Words)
            .Select((label, cluster) => $"{(cluster + 1).ToString(digits, CultureInfo.InvariantCulture)} {string.Join(", ", label.Words)}".TrimEnd()).ToList();
        return [.. partition.Assignments.Select(cluster => names[cluster])];
    }
}
