using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>Steps of single trainings → how far the whole study is.</summary>
internal sealed class CellProgress(IProgress<LowShotProgress> progress, TimeProvider time, int cells, long steps) : IProgress<TrainingEvent>
{
    private readonly long _start = time.GetTimestamp();
    private LowShotCell? _cell;
    private int _number;
    private long _before;
    private long _taken;

    /// <summary>The next training starts, after the given number of steps of those before it.</summary>
    public void Start(LowShotCell cell, int number, long stepsBefore) => (_cell, _number, _before) = (cell, number, stepsBefore);

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        _taken++;
        var done = _before + value.Step;
        progress.Report(new LowShotProgress
        {
            Cell = _cell!,
            CellNumber = _number,
            Cells = cells,
            StepsDone = done,
            Steps = steps,
            TimeLeft = time.GetElapsedTime(_start) / _taken * (steps - done),
            Training = value,
        });
    }
}
