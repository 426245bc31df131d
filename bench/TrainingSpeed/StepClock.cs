using System.Diagnostics;

namespace MiCse.TrainingSpeed;

/// <summary>Adds up how long the parts of steps take.</summary>
internal sealed class StepClock
{
    private readonly double[] _seconds = new double[Enum.GetValues<StepPart>().Length];
    private long _last;

    /// <summary>Seconds of each part, in the order of <see cref="StepPart"/>.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    public void Start() => _last = Stopwatch.GetTimestamp();

    /// <summary>The time since the last call was spent on this part.</summary>
    public void Stop(StepPart part)
    {
        var now = Stopwatch.GetTimestamp();
        _seconds[(int)part] += Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
    }

    public void Clear() => Array.Clear(_seconds);
}
