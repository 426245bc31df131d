using MiCse.Cli.Progress;
using MiCse.Training.Contrastive;

namespace MiCse.Tests.Cli.Progress;

public class TrainingProgressTests
{
    [Theory]
    [InlineData(0.0004, 20, 100, true)]
    [InlineData(0.0004, 8, 8, true)]
    [InlineData(0.0004, 19, 100, false)]
    [InlineData(0.0004, 4, 4, false)]
    [InlineData(0.01, 100, 100, false)]
    public void A_training_that_has_nothing_to_learn_says_so(double loss, int steps, int all, bool warns)
    {
        var training = new TrainingProgress(new Ignored());
        for (var step = 1; step <= steps; step++)
        {
            training.Report(Event(step, all, loss));
        }

        Assert.Equal(warns, training.Warning is not null);
        if (warns)
        {
            Assert.Contains("hardly anything to learn", training.Warning, StringComparison.Ordinal);
            Assert.Contains("--temperature", training.Warning, StringComparison.Ordinal);
            Assert.Contains("--hidden-dropout", training.Warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_step_that_learns_is_enough()
    {
        var training = new TrainingProgress(new Ignored());
        for (var step = 1; step <= 40; step++)
        {
            training.Report(Event(step, 40, step == 7 ? 0.2 : 0));
        }

        Assert.Null(training.Warning);
    }

    private static TrainingEvent Event(int step, int steps, double loss) => new()
    {
        Step = step, Steps = steps, Loss = loss, ContrastiveLoss = loss, GradientNorm = 0, LearningRate = 0, TokensPerSecond = 1, TimeLeft = default,
    };

    private sealed class Ignored : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
        }
    }
}
