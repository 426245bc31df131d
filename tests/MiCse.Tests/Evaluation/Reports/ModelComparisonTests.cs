using MiCse.Evaluation;
using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Tests.Evaluation.Reports;

public class ModelComparisonTests
{
    [Fact]
    public void A_model_does_not_differ_from_itself()
    {
        var report = Report(noise: 0.1, right: 60);
        var comparison = ModelComparison.Of(report, report);
        Assert.All([.. comparison.Tasks, comparison.Sts!, comparison.Transfer!], task =>
        {
            Assert.Equal(0, task.Difference);
            Assert.Equal(1, task.PValue);
            Assert.Equal(new ConfidenceInterval(0, 0), task.Interval);
        });
    }

    [Fact]
    public void A_clear_difference_is_significant_and_a_small_one_is_not()
    {
        var good = Report(noise: 0.1, right: 90);
        var clear = ModelComparison.Of(good, Report(noise: 2, right: 60));
        Assert.Equal(["S", "T"], clear.Tasks.Select(task => task.Name));
        Assert.All([.. clear.Tasks, clear.Sts!, clear.Transfer!], task =>
        {
            Assert.True(task.Difference > 0);
            Assert.True(task.PValue < 0.01);
            Assert.InRange(task.Difference, task.Interval!.Value.Low, task.Interval.Value.High);
            Assert.True(task.Interval.Value.Low > 0);
        });
        Assert.Equal(good.AverageSpearman - 0, clear.Sts!.First);

        var small = ModelComparison.Of(good, Report(noise: 0.1, right: 88, seed: 8));
        Assert.All(small.Tasks, task => Assert.True(task.PValue > 0.05));
        Assert.All(small.Tasks, task => Assert.True(task.Interval!.Value.Low <= 0));
    }

    [Fact]
    public void Without_predictions_there_is_no_test()
    {
        var report = new EvaluationReport([], [new TransferResult("T", EvaluationSplit.Dev, 0.7, null, [])], []);
        var comparison = ModelComparison.Of(report, report);
        Assert.Null(comparison.Sts);
        Assert.All([comparison.Tasks[0], comparison.Transfer!], task => Assert.Equal((null, null), (task.PValue, task.Interval)));
    }

    [Fact]
    public void Reports_over_other_data_are_refused() => Assert.Throws<ArgumentException>(() =>
        ModelComparison.Of(Report(noise: 0.1, right: 90), new EvaluationReport([], [], [])));

    /// <summary>One STS task with noise on the gold scores, one transfer task with so many of 100 right.</summary>
    private static EvaluationReport Report(double noise, int right, int seed = 7)
    {
        var random = new Random(seed);
        ScoredPair[] pairs = [.. Enumerable.Range(0, 200).Select(i =>
            new ScoredPair(new StsPair($"{i}", "x", i / 40.0), i / 200.0 + noise * (random.NextDouble() - 0.5)))];
        var score = StsScore.Of([.. pairs.Select(pair => pair.Similarity)], [.. pairs.Select(pair => pair.Pair.Gold)]);
        bool[] correct = [.. Enumerable.Range(0, 100).Select(i => i * 37 % 100 < right)];
        return new EvaluationReport(
            [new StsResult("S", EvaluationSplit.Test, score, [], pairs)],
            [new TransferResult("T", EvaluationSplit.Test, right / 100.0, null, correct)], []);
    }
}
