using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>What a study reports after each training step.</summary>
public sealed record LowShotProgress
{
    /// <summary>The training.</summary>
    public required LowShotCell Cell { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required int CellNumber { get; init; }

    /// <summary>Trainings in all, those done before this run included.</summary>
    public required int Cells { get; init; }

    /// <summary>Steps done over all trainings, those done before this run included.</summary>
    public required long StepsDone { get; init; }

    /// <summary>Steps in all.</summary>
    public required long Steps { get; init; }

    /// <summary>Time to the end of the study at the mean rate of this run, evaluations included.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>What the training itself reports.</summary>
    public required TrainingEvent Training { get; init; }
}
