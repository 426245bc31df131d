namespace MiCse.Training.LowShot;

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
}
