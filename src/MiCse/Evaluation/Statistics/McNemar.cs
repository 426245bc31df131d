namespace MiCse.Evaluation.Statistics;

/// <summary>McNemar's exact test of two classifiers on the same examples.</summary>
internal static class McNemar
{
    /// <summary>The two-sided probability of so uneven a split, between equally good classifiers, of the examples that only one of them gets right.</summary>
    /// <param name="onlyFirst">How many only the first gets right.</param>
    /// <param name="onlySecond">How many only the second gets right.</param>
    public static double PValue(int onlyFirst, int onlySecond)
    {
        var (fewer, all) = (Math.Min(onlyFirst, onlySecond), onlyFirst + onlySecond);
        // The binomial tail as its largest term, in logarithms, times a sum of ratios.
        var logTerm = -all * Math.Log(2);
        for (var i = 0; i < fewer; i++)
        {
            logTerm += Math.Log((all - i) / (i + 1.0));
        }

        double sum = 1, ratio = 1;
        for (var i = fewer; i > 0; i--)
        {
            ratio *= i / (all - i + 1.0);
            sum += ratio;
        }

        return Math.Min(1, 2 * Math.Exp(logTerm) * sum);
    }
}
