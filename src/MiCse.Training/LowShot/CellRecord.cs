namespace MiCse.Training.LowShot;

/// <summary>What a study writes down for each cell, so that one that was cut off goes on with the next.</summary>
internal sealed record CellRecord
{
    /// <summary>Everything the outcome depends on.</summary>
    public required TrainingPlan<TrainingOptions> Plan { get; init; }

    public required IReadOnlyList<TaskScore> Scores { get; init; }

    public TrainingScore? Best { get; init; }

    public LowShotCellResult ToResult(LowShotCell cell) => new() { Cell = cell, Options = Plan.Options, Scores = new TaskScores(Scores), Best = Best };
}
