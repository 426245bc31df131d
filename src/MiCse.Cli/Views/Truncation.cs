namespace MiCse.Cli.Views;

/// <summary>Says at the end how many texts were cut: silent truncation changes vectors unnoticed.</summary>
internal static class Truncation
{
    /// <summary>Writes one line when texts were cut.</summary>
    public static void Report(TextWriter error, long truncated, long texts, int maxTokens)
    {
        if (truncated > 0)
        {
            error.WriteLine(FormattableString.Invariant($"micse: {truncated:N0} of {texts:N0} texts {(truncated == 1 ? "was" : "were")} longer than {maxTokens} tokens and cut."));
        }
    }
}
