namespace MiCse.Initialization;

/// <summary>How much less a frequent word counts than a rare one in the average of word vectors.</summary>
internal enum WordWeighting
{
    /// <summary>Smooth inverse frequency: a / (a + p) for a word's share p of all words, with a = 0.001 (Arora, Liang and Ma, 2017).</summary>
    Sif,

    /// <summary>
    /// The same with a value for a that comes from the text (uSIF: Ethayarajh, 2018): of V words, α is the share of those that are more frequent than chance would have a word occur
    /// in a text of average length n, 1 - (1 - 1/V)^n; a weight is a / (a/2 + p) with a = 2 (1 - α) / (α V).
    /// </summary>
    Usif,
}

/// <summary>The formulas of <see cref="WordWeighting"/>.</summary>
internal static class WordWeightings
{
    private const double Usual = 1e-3;

    /// <summary>The s with which a weight is, but for a common factor, s / (s + p).</summary>
    public static double Smoothing(this WordWeighting weighting, Cooccurrences words) =>
        weighting == WordWeighting.Sif ? Usual : Unsupervised([.. words.Occurrences.Where(count => count > 0)], words.Texts);

    // a / (a/2 + p) is twice s / (s + p) with s = a/2.
    private static double Unsupervised(long[] counts, long texts)
    {
        double total = counts.Sum();
        var frequent = 1 - Math.Pow(1 - (1.0 / counts.Length), total / texts);
        var share = (double)counts.Count(count => count / total > frequent) / counts.Length;
        // Without a word that stands out, none is held back: as if one did.
        var held = Math.Max(share, 1.0 / counts.Length);
        return Math.Max((1 - held) / (held * counts.Length), double.Epsilon);
    }
}
