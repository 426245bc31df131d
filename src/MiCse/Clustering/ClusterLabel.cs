namespace MiCse.Clustering;

/// <summary>What a cluster is about.</summary>
/// <param name="Center">The row of its most typical text: the one nearest to the centre.</param>
/// <param name="Words">Its most characteristic words, the best first; none when no word is more at home in it than elsewhere.</param>
internal sealed record ClusterLabel(int Center, IReadOnlyList<string> Words)
{
    /// <summary>A word must be this much more frequent in the cluster than in all other texts.</summary>
    private const double LeastRatio = 2;

    /// <summary>A word that occurs in this share of the texts of most clusters belongs to none of them, in any language.</summary>
    private const double CommonShare = 0.1;

    /// <summary>And in so many of them at least, so that chance alone makes no word common.</summary>
    private const int CommonTexts = 3;

    /// <summary>Letters by which forms of a word differ at most, such as "win" and "wins".</summary>
    private const int LongestEnding = 3;

    /// <summary>
    /// Labels clusters by c-TF-IDF (Grootendorst 2022, BERTopic): the weight of word t in cluster c is tf(t, c) · log(1 + A / f(t)), with tf the share
    /// of t among the words of the cluster, f its count in all texts and A the mean number of words of a cluster. Markup and the stop words of the
    /// languages that the texts are written in do not count. Only words count that are at least twice as frequent in the cluster as in all other texts
    /// and not common to most clusters; of several forms of a word the best one stands for all.
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
            var text = Markup.Remove(texts[row]);
            everywhere.Add(text);
            if (partition.Assignments[row] is var cluster && cluster != Partition.None)
            {
                tallies[cluster].Add(text);
            }
        }

        var left = Topical(everywhere, tallies);
        var sizes = Array.ConvertAll(tallies, tally => left.Sum(word => (long)tally.Counts.GetValueOrDefault(word)));
        var total = left.Sum(word => (long)everywhere.Counts[word]);
        var mean = sizes.Length == 0 ? 0 : sizes.Average();
        return [.. partition.Members.Select((rows, cluster) => new ClusterLabel(rows[0], Characteristic(cluster)))];

        string[] Characteristic(int cluster)
        {
            var elsewhere = total - sizes[cluster];
            var ranked = tallies[cluster].Counts
                .Where(word => left.Contains(word.Key))
                .Select(word => (Word: word.Key, Inside: (double)word.Value / sizes[cluster], Total: everywhere.Counts[word.Key], Outside: everywhere.Counts[word.Key] - word.Value))
                .Where(word => elsewhere == 0 || word.Inside >= LeastRatio * word.Outside / elsewhere)
                .OrderByDescending(word => word.Inside * Math.Log(1 + (mean / word.Total)))
                .ThenBy(word => word.Word, StringComparer.Ordinal);
            var chosen = new List<string>();
            foreach (var (word, _, _, _) in ranked)
            {
                if (chosen.Count == words)
                {
                    break;
                }

                if (!chosen.Exists(other => AreForms(word, other)))
                {
                    chosen.Add(word);
                }
            }

            return [.. chosen];
        }
    }

    /// <summary>The words that may say what a cluster is about.</summary>
    private static HashSet<string> Topical(WordTally everywhere, WordTally[] tallies)
    {
        var stop = StopWords.For(everywhere.Counts);
        return [.. everywhere.Counts.Keys.Where(word => !stop.Contains(word) && !IsCommon(word))];

        bool IsCommon(string word) => tallies.Length > 1 && everywhere.Texts[word] >= CommonTexts
            && tallies.Count(tally => tally.Texts.GetValueOrDefault(word) >= Math.Max(CommonTexts, CommonShare * tally.TextCount)) > tallies.Length / 2.0;
    }

    private static bool AreForms(string first, string second)
    {
        var (shorter, longer) = first.Length < second.Length ? (first, second) : (second, first);
        return shorter.Length >= 3 && longer.Length - shorter.Length <= LongestEnding && longer.StartsWith(shorter, StringComparison.Ordinal);
    }
}
