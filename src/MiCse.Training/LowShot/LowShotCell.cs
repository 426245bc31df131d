using System.Globalization;
using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>One training of a study.</summary>
/// <param name="Shots">Sentences it is trained on.</param>
/// <param name="Seed">Decides the sentences and every random number; the arms of a seed share both.</param>
/// <param name="Arm">How it is trained.</param>
public sealed record LowShotCell(int Shots, long Seed, LowShotArm Arm)
{
    /// <summary>The name of its files.</summary>
    internal string FileName => string.Create(CultureInfo.InvariantCulture, $"{Shots:D4}-seed{Seed}-{Arm.FileName}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shots:N0} sentences, seed {Seed}, {Arm}");
}

/// <summary>What came of one training of a study.</summary>
public sealed record LowShotCellResult
{
    /// <summary>The training.</summary>
    public required LowShotCell Cell { get; init; }

    /// <summary>Its options, every default filled in.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>What the trained model scored.</summary>
    public required TaskScores Scores { get; init; }

    /// <summary>
    /// The evaluation on STS Benchmark's development set that chose the weights, on sentences cut to <see cref="TrainingOptions.MaxTokens"/>; null when they
    /// are those after the last step.
    /// </summary>
    public TrainingScore? Best { get; init; }

    /// <summary>
    /// What the trained model makes of two views of sentences of STS Benchmark's development set, which no training sees; null for models of one layer. The dropout is
    /// that of the study, not the arm's.
    /// </summary>
    public HeldOutMeasures? Views { get; init; }
}
