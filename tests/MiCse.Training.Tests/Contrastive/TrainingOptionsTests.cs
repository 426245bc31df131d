using MiCse.Models;
using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Contrastive;

public class TrainingOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new TrainingOptions().Validate();

    [Fact]
    public void One_message_lists_every_problem()
    {
        var options = new TrainingOptions
        {
            Lambda = -1,
            Alpha = double.NaN,
            Temperature = 0,
            Steps = 0,
            BatchSize = 1,
            LearningRate = double.PositiveInfinity,
            WarmupSteps = -1,
            WeightDecay = -0.1,
            MaxGradientNorm = 0,
            MaxTokens = 2,
            HiddenDropout = 1,
            AttentionDropout = -0.1,
            MaskedLanguageModelWeight = -1,
            HardNegativeWeight = double.NaN,
            Pooling = Pooling.Cls,
            EvaluateEvery = 0,
            SaveEvery = 0,
            Threads = 0,
        };

        var message = Assert.Throws<ArgumentException>(options.Validate).Message;

        Assert.Equal(18, message.Split("; ").Length);
        Assert.Contains("temperature is 0 and must be more than 0", message);
        Assert.Contains("hidden dropout is 1 and", message);
        Assert.DoesNotContain("epochs", message);
    }

    [Fact]
    public void Epochs_are_not_looked_at_when_steps_are_given() => new TrainingOptions { Epochs = 0, Steps = 3 }.Validate();
}
