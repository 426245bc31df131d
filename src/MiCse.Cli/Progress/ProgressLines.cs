namespace MiCse.Cli.Progress;

/// <summary>Progress for log files: a plain line every few seconds, none for work that is done before.</summary>
internal sealed class ProgressLines(TextWriter writer, string title, string unit, TimeProvider time) : IProgress<WorkProgress>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = s_interval;

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        var elapsed = time.GetElapsedTime(_start);
        lock (_lock)
        {
            if (elapsed < _next)
            {
                return;
            }

            _next = elapsed + s_interval;
            writer.WriteLine($"{title}: {Pace.Describe(value, elapsed, unit)}");
        }
    }
}
