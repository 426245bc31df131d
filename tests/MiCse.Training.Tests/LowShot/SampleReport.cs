using MiCse.Evaluation.Tasks;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Model;

namespace MiCse.Training.Tests.LowShot;

/// <summary>Reports without a training: scores that somebody wrote down.</summary>
internal static class SampleReport
{
    /// <summary>A study of two tasks, where the score of STS12 is what <paramref name="score"/> says and STS-B dev is 0.1 higher.</summary>
    public static LowShotReport Of(
        IReadOnlyList<int> shots, IReadOnlyList<long> seeds, IReadOnlyList<LowShotArm> arms, Func<LowShotCell, double> score, double untrained = 0.4)
    {
        var options = new LowShotOptions { Shots = shots, Seeds = seeds, Arms = arms };
        return LowShotReport.Of("base", "wiki.txt", Scores(untrained), Views(untrained), [.. options.Cells.Select(cell => new LowShotCellResult
        {
            Cell = cell,
            Options = options.For(cell) with
            {
                Steps = 10 * cell.Shots,
                Layers = cell.Arm.Method == TrainingMethod.MiCse ? cell.Arm.Layers ?? new LayerRange(7, 11) : null,
                HiddenDropout = 0.1,
                AttentionDropout = 0.1,
                Pooling = Pooling.ClsBeforePooler,
            },
            Scores = Scores(score(cell)),
            Best = new TrainingScore(250, score(cell) + 0.1),
            Views = Views(score(cell)),
        })]);
    }

    private static HeldOutMeasures Views(double score) =>
        new() { Loss = 1, ContrastiveLoss = 1, Alignment = 1 - score, Uniformity = -2 - score, AttentionMutualInformation = score / 2 };

    private static TaskScores Scores(double score) =>
        new([new TaskScore("STS12", EvaluationSplit.Test, score), new TaskScore("STSBenchmark", EvaluationSplit.Dev, score + 0.1)]);
}
