namespace MiCse.Cli.Progress;

/// <summary>How far long work is.</summary>
/// <param name="Done">Units finished.</param>
/// <param name="Total">Units in all; null when unknown, as for standard input.</param>
/// <param name="Note">Something that changes and is worth watching: a loss, the best score.</param>
internal readonly record struct WorkProgress(double Done, double? Total = null, string? Note = null)
{
    /// <summary>The rate with its unit, where the work measures it; else it follows from the time that has passed.</summary>
    public string? Rate { get; init; }

    /// <summary>The time left, where the work knows it, as after a resumption; else it follows from the rate.</summary>
    public TimeSpan? TimeLeft { get; init; }
}
