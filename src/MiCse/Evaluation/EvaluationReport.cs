using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation;

/// <summary>What an evaluation found.</summary>
/// <param name="Sts">The STS tasks that were scored, in the order of <see cref="EvaluationTask.All"/>.</param>
/// <param name="Transfer">The transfer tasks that were scored, in the order of <see cref="EvaluationTask.All"/>.</param>
/// <param name="Missing">The tasks whose files are not there; they count in no average.</param>
public sealed record EvaluationReport(
    IReadOnlyList<StsResult> Sts, IReadOnlyList<TransferResult> Transfer, IReadOnlyList<MissingTask> Missing)
{
    /// <summary>All tasks that were scored: STS, then transfer.</summary>
    public IEnumerable<TaskResult> Tasks => [.. Sts, .. Transfer];

    /// <summary>
    /// The mean of the STS tasks' Spearman correlations, "S.Avg."; comparable with a published average only over the same tasks. Null
    /// without any task.
    /// </summary>
    public double? AverageSpearman => Sts.Count > 0 ? Sts.Average(task => task.All.Spearman) : null;

    /// <summary>The mean of the transfer tasks' accuracies, "T.Avg."; likewise. Null without any task.</summary>
    public double? AverageAccuracy => Transfer.Count > 0 ? Transfer.Average(task => task.Accuracy) : null;

    /// <summary>The STS pairs on which the encoder and people disagree most, worst first.</summary>
    /// <param name="count">At most how many.</param>
    internal IReadOnlyList<WorstPair> WorstPairs(int count) =>
        [.. Sts.SelectMany(WorstPair.Of).OrderByDescending(pair => Math.Abs(pair.RankGap)).Take(count)];
}

/// <summary>A task that could not be scored because a file is not there.</summary>
/// <param name="Name">The task.</param>
/// <param name="File">The first file that is missing, relative to the evaluation folder.</param>
public sealed record MissingTask(string Name, string File);
