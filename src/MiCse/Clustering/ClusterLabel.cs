namespace MiCse.Clustering;

/// <summary>What a cluster is about.</summary>
/// <param name="Center">The row of its most typical text: the one nearest to the centre.</param>
/// <param name="Words">Its most characteristic words, the best first; none when no word is more at home in it than elsewhere.</param>
public sealed record ClusterLabel(int Center, IReadOnlyList<string> Words)
{
    /// <summary>
    /// Words at home everywhere, such as "the", stand high in large clusters whatever their weight; they must be this much more frequent in the cluster
    /// than in all other texts. That needs no list of words to leave out, and works in any language.
    /// </summary>
    private const int AtHome = 2;

    /// <summary>
    /// Labels clusters by c-TF-IDF (Grootendorst 2022, BERTopic): the weight of word t in cluster c is tf(t, c) · log(1 + A / f(t)), with tf the share
    /// of t among the words of the cluster, f its number in all texts and A the mean number of words of a cluster. Only words that are at least twice as
    /// frequent in the cluster as in all other texts count.
    /// </summary>
    /// <param name="texts">The texts that were clustered.</param>
    /// <param name="partition">Their clusters.</param>
    /// <param name="words">The most words of a label.</param>
    /// <returns>One label a cluster, in their order.</returns>
    /// <exception cref="ArgumentException">The numbers of texts differ.</exception>
    public static IReadOnlyList<ClusterLabel> Describe(IReadOnlyList<string> texts, Partition partition, int words = 5)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        if (texts.Count != partition.Assignments.Count)
        {
            throw new ArgumentException($"{texts.Count} texts do not go with a partition of {partition.Assignments.Count}.", nameof(partition));
        }

        var everywhere = new WordTally();
        WordTally[] tallies = [.. partition.Members.Select(_ => new WordTally())];
        for (var row = 0; row < texts.Count; row++)
        {
            everywhere.Add(texts[row]);
            if (partition.Assignments[row] is var cluster && cluster != Partition.None)
            {
                tallies[cluster].Add(texts[row]);
            }
        }

        var mean = tallies.Length == 0 ? 0 : tallies.Average(tally => tally.Total);
        return [.. partition.Members.Select((rows, cluster) => new ClusterLabel(rows[0], Characteristic(tallies[cluster], everywhere, mean, words)))];
    }

    private static string[] Characteristic(WordTally tally, WordTally everywhere, double mean, int count)
    {
        var elsewhere = everywhere.Total - tally.Total;
        return
        [
            .. tally.Counts
                .Select(word => (Word: word.Key, Inside: (double)word.Value / tally.Total, Total: everywhere.Counts[word.Key], Outside: everywhere.Counts[word.Key] - word.Value))
                .Where(word => elsewhere == 0 || word.Inside >= AtHome * (double)word.Outside / elsewhere)
                .OrderByDescending(word => word.Inside * Math.Log(1 + (mean / word.Total)))
                .ThenBy(word => word.Word, StringComparer.Ordinal)
                .Take(count)
                .Select(word => word.Word),
        ];
    }
}
