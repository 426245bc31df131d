using System.Globalization;

namespace MiCse.Cli.Progress;

/// <summary>Rate and time left, from how much was done in how long.</summary>
internal static class Pace
{
    /// <summary>"1,200 of 5,000 texts, 340 texts/s, 0:11 left, loss 0.123".</summary>
    /// <param name="progress">How far the work is.</param>
    /// <param name="elapsed">How long it has taken.</param>
    /// <param name="unit">What is counted.</param>
    public static string Describe(WorkProgress progress, TimeSpan elapsed, string unit)
    {
        var culture = CultureInfo.InvariantCulture;
        var count = progress.Total is { } total
            ? string.Create(culture, $"{progress.Done:N0} of {total:N0} {unit}")
            : string.Create(culture, $"{progress.Done:N0} {unit}");
        var parts = new List<string> { count };
        var rate = elapsed > TimeSpan.Zero ? progress.Done / elapsed.TotalSeconds : 0;
        if (progress.Rate is not null || rate > 0)
        {
            parts.Add(progress.Rate ?? $"{rate.ToString(rate < 10 ? "0.00" : "N0", culture)} {unit}/s");
        }

        if ((progress.TimeLeft ?? TimeLeft(progress, rate)) is { } left)
        {
            parts.Add($"{Clock(left)} left");
        }

        if (progress.Note is { Length: > 0 } note)
        {
            parts.Add(note);
        }

        return string.Join(", ", parts);
    }

    private static TimeSpan? TimeLeft(WorkProgress progress, double rate) =>
        rate > 0 && progress.Total > progress.Done ? TimeSpan.FromSeconds((progress.Total.Value - progress.Done) / rate) : null;

    /// <summary>"0:11", "12:05", "3:00:00".</summary>
    public static string Clock(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return hours > 0 ? $"{hours}:{minutes:00}:{seconds % 60:00}" : $"{minutes}:{seconds % 60:00}";
    }
}
