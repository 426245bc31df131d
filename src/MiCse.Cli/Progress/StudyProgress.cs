using System.Globalization;
using MiCse.Training.LowShot;

namespace MiCse.Cli.Progress;

/// <summary>A low-shot study as progress: which training it is, how that one goes, and the time left over all.</summary>
internal sealed class StudyProgress(IProgress<WorkProgress> display) : IProgress<LowShotProgress>
{
    private readonly List<string> _warnings = [];
    private LowShotCell? _cell;
    private Training? _training;

    /// <summary>What the user should read when the progress is no longer drawn.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <inheritdoc/>
    public void Report(LowShotProgress value)
    {
        if (value.Cell != _cell)
        {
            (_cell, _training) = (value.Cell, new Training(display));
        }

        if (value.Training.Warning is { } warning)
        {
            _warnings.Add($"{value.Cell}: {warning}");
        }

        _training!.Report(value);
    }

    /// <summary>One training's own line inside the study's.</summary>
    private sealed class Training : IProgress<WorkProgress>
    {
        private readonly IProgress<WorkProgress> _display;
        private readonly TrainingProgress _steps;
        private LowShotProgress? _study;

        public Training(IProgress<WorkProgress> display)
        {
            _display = display;
            _steps = new TrainingProgress(this);
        }

        public void Report(LowShotProgress study)
        {
            _study = study;
            _steps.Report(study.Training);
        }

        void IProgress<WorkProgress>.Report(WorkProgress value)
        {
            var study = _study!;
            var note = string.Create(
                CultureInfo.InvariantCulture,
                $"{study.CellNumber} of {study.Cells}: {study.Cell}, step {value.Done:N0} of {value.Total:N0}, {value.Note}");
            _display.Report(new WorkProgress(study.StepsDone, study.Steps, note) { Rate = value.Rate, TimeLeft = study.TimeLeft });
        }
    }
}
