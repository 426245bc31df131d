namespace MiCse.Clustering;

/// <summary>How far two groupings of the same items agree, for example clusters with classes; the names of the groups do not matter. Thread-safe.</summary>
public static class ClusterAgreement
{
    /// <summary>
    /// The adjusted Rand index (Hubert and Arabie 1985): pairs that both groupings keep together or apart, corrected for chance; 1 for the same
    /// grouping, 0 on average for groupings that have nothing to do with each other, negative when they agree less than by chance.
    /// </summary>
    /// <param name="first">The group of each item.</param>
    /// <param name="second">The group of each item in the other grouping, in the same order.</param>
    /// <exception cref="ArgumentException">The groupings have different lengths.</exception>
    public static double AdjustedRandIndex<TFirst, TSecond>(IReadOnlyList<TFirst> first, IReadOnlyList<TSecond> second)
        where TFirst : notnull
        where TSecond : notnull
    {
        var (both, firsts, seconds) = Count(first, second);
        var together = Pairs(both);
        var (inFirst, inSecond) = (Pairs(firsts), Pairs(seconds));
        var mean = (inFirst + inSecond) / 2;
        var expected = first.Count < 2 ? 0 : inFirst * inSecond / (first.Count * (first.Count - 1.0) / 2);

        // Both put all items together, or both keep all apart: the same grouping.
        return mean == expected ? 1 : (together - expected) / (mean - expected);
    }

    /// <summary>
    /// Normalised mutual information: what one grouping says about the other, divided by the mean of their entropies, 0..1. It is not corrected for
    /// chance, so that many small groups look better than they are.
    /// </summary>
    /// <param name="first">The group of each item.</param>
    /// <param name="second">The group of each item in the other grouping, in the same order.</param>
    /// <exception cref="ArgumentException">The groupings have different lengths.</exception>
    public static double NormalizedMutualInformation<TFirst, TSecond>(IReadOnlyList<TFirst> first, IReadOnlyList<TSecond> second)
        where TFirst : notnull
        where TSecond : notnull
    {
        var (both, firsts, seconds) = Count(first, second);
        var (inFirst, inSecond) = (Entropy(firsts, first.Count), Entropy(seconds, first.Count));
        var information = inFirst + inSecond - Entropy(both, first.Count);

        // One group each: nothing to say, and nothing left unsaid.
        return inFirst + inSecond == 0 ? 1 : Math.Clamp(2 * information / (inFirst + inSecond), 0, 1);
    }

    private static (int[] Both, int[] Firsts, int[] Seconds) Count<TFirst, TSecond>(IReadOnlyList<TFirst> first, IReadOnlyList<TSecond> second)
        where TFirst : notnull
        where TSecond : notnull
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"A grouping of {second.Count} items cannot be compared with one of {first.Count}.", nameof(second));
        }

        return (Sizes(first.Zip(second)), Sizes(first), Sizes(second));
    }

    private static int[] Sizes<T>(IEnumerable<T> groups)
        where T : notnull => [.. groups.CountBy(group => group).Select(group => group.Value)];

    private static double Pairs(int[] sizes) => sizes.Sum(size => size * (size - 1.0) / 2);

    private static double Entropy(int[] sizes, int count) => sizes.Sum(size => -(double)size / count * Math.Log((double)size / count));
}
