using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>An arm at one number of sentences, over all seeds.</summary>
/// <param name="Shots">Sentences.</param>
/// <param name="Arm">How it was trained.</param>
/// <param name="Cells">What came of each seed, in the order of the seeds.</param>
/// <param name="Control">SimCSE on the same sentences; null when it is SimCSE itself, or when there is no SimCSE in the study.</param>
public sealed record LowShotRow(int Shots, LowShotArm Arm, IReadOnlyList<LowShotCellResult> Cells, LowShotRow? Control = null)
{
    /// <summary>How it was trained, every default filled in; the seed is the first one's.</summary>
    public TrainingOptions Options => Cells[0].Options;

    /// <summary>Mean and standard deviation over the seeds.</summary>
    /// <param name="task">SentEval's name; null, the default, for the average (<see cref="TaskScores.Of"/>).</param>
    public SeedStatistics Scores(string? task = null) => SeedStatistics.Of(Values(task));

    /// <summary>The difference to SimCSE, paired by seed; null when there is no <see cref="Control"/>.</summary>
    /// <param name="task">SentEval's name; null, the default, for the average.</param>
    public PairedTTest? Difference(string? task = null) => Control is null ? null : PairedTTest.Of(Values(task), Control.Values(task));

    private double[] Values(string? task) => [.. Cells.Select(cell => cell.Scores.Of(task))];
}
