namespace MiCse.Training.Loop;

/// <summary>How fast a training goes, from its start or resumption.</summary>
internal sealed class TrainingPace(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _tokens;
    private int _steps;

    public double TokensPerSecond => Elapsed.TotalSeconds > 0 ? _tokens / Elapsed.TotalSeconds : 0;

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Count(int tokens)
    {
        _tokens += tokens;
        _steps++;
    }

    public TimeSpan TimeFor(int steps) => _steps == 0 ? TimeSpan.Zero : Elapsed / _steps * steps;
}
