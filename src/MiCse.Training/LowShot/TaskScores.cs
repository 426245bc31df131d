using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Tasks;

namespace MiCse.Training.LowShot;

/// <summary>What a model scored on all tasks of a study.</summary>
/// <param name="Tasks">One score a task, at least one, in the order of <see cref="StsTask.All"/>.</param>
public sealed record TaskScores(IReadOnlyList<TaskScore> Tasks)
{
    /// <summary>
    /// The scores that the average is over: those on test sets, because a development set may have chosen the weights; all when there
    /// are no test sets. Retrieval is another measure and in no average.
    /// </summary>
    public IReadOnlyList<TaskScore> Averaged =>
        Similarity.Any(score => score.Split == EvaluationSplit.Test) ? [.. Similarity.Where(score => score.Split == EvaluationSplit.Test)] : Similarity;

    private IReadOnlyList<TaskScore> Similarity => [.. Tasks.Where(score => score.Task != LabelledTexts.TaskName)];

    /// <summary>The score of a task.</summary>
    /// <param name="task">SentEval's name; null, the default, for the mean over <see cref="Averaged"/>.</param>
    /// <exception cref="InvalidOperationException">There is no such task.</exception>
    public double Of(string? task = null) =>
        task is null ? Averaged.Average(score => score.Score) : Tasks.Single(score => score.Task == task).Score;
}

/// <summary>What a model scored on one task.</summary>
/// <param name="Task">The task, by SentEval's name.</param>
/// <param name="Split">The split it was scored on.</param>
/// <param name="Score">Spearman's correlation over all pairs of the task, -1..1; NaN when it is not defined. For retrieval the precision at 10, 0..1.</param>
public sealed record TaskScore(string Task, EvaluationSplit Split, double Score)
{
    /// <summary>The task as tables name it: "STS12", and with the split where there are two, "STS-B dev".</summary>
    public string Heading => Task == LabelledTexts.TaskName
        ? "same label in 10"
        : EvaluationTables.Heading(Task)
            + (StsTask.All.Single(task => task.Name == Task).HasDev ? $" {Split.ToString().ToLowerInvariant()}" : "");
}
