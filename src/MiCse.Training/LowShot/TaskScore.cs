using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Tasks;

namespace MiCse.Training.LowShot;

/// <summary>What a model scored on one task.</summary>
/// <param name="Task">The task, by SentEval's name.</param>
/// <param name="Split">The split it was scored on.</param>
/// <param name="Score">Spearman's correlation over all pairs of the task, -1..1; NaN when it is not defined.</param>
public sealed record TaskScore(string Task, EvaluationSplit Split, double Score)
{
    /// <summary>The task as tables name it: "STS12", and with the split where there are two, "STS-B dev".</summary>
    public string Heading =>
        EvaluationTables.Heading(Task)
        + (StsTask.All.Single(task => task.Name == Task).HasDev ? $" {Split.ToString().ToLowerInvariant()}" : "");
}
