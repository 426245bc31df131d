using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Contrastive;

public class TrainingOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new TrainingOptions().Validate();

    [Fact]
    public void Defaults_are_the_documented_ones() => DefaultValues.AssertAre(
        new TrainingOptions(),
        (nameof(TrainingOptions.Method), TrainingMethod.MiCse),
        (nameof(TrainingOptions.Layers), null),
        (nameof(TrainingOptions.Lambda), 5e-4),
        (nameof(TrainingOptions.Alpha), 1.0),
        (nameof(TrainingOptions.Temperature), 0.05),
        (nameof(TrainingOptions.Estimator), MutualInformationEstimator.Sampled),
        (nameof(TrainingOptions.Epochs), 1),
        (nameof(TrainingOptions.Steps), null),
        (nameof(TrainingOptions.BatchSize), 64),
        (nameof(TrainingOptions.GroupByLength), false),
        (nameof(TrainingOptions.LearningRate), 3e-5),
        (nameof(TrainingOptions.WarmupSteps), 0),
        (nameof(TrainingOptions.Schedule), LearningRateSchedule.Linear),
        (nameof(TrainingOptions.WeightDecay), 0.0),
        (nameof(TrainingOptions.MaxGradientNorm), 1.0),
        (nameof(TrainingOptions.MaxTokens), 32),
        (nameof(TrainingOptions.HiddenDropout), null),
        (nameof(TrainingOptions.AttentionDropout), null),
        (nameof(TrainingOptions.MaskedLanguageModelWeight), 0.0),
        (nameof(TrainingOptions.HardNegativeWeight), 0.0),
        (nameof(TrainingOptions.Pooling), null),
        (nameof(TrainingOptions.HeldOut), null),
        (nameof(TrainingOptions.Selection), null),
        (nameof(TrainingOptions.Freeze), Array.Empty<string>()),
        (nameof(TrainingOptions.EvaluateEvery), 500),
        (nameof(TrainingOptions.SaveEvery), 500),
        (nameof(TrainingOptions.Seed), 42L),
        (nameof(TrainingOptions.Precision), Precision.Float32),
        (nameof(TrainingOptions.Slices), 1),
        (nameof(TrainingOptions.Device), ComputeDevice.Cpu),
        (nameof(TrainingOptions.Threads), null));

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
            Slices = 0,
        };

        var message = Assert.Throws<ArgumentException>(options.Validate).Message;

        Assert.Equal(19, message.Split("; ").Length);
        Assert.Contains("temperature is 0 and must be more than 0", message);
        Assert.Contains("hidden dropout is 1 and", message);
        Assert.DoesNotContain("epochs", message);
    }

    [Fact]
    public void Epochs_are_not_looked_at_when_steps_are_given() => new TrainingOptions { Epochs = 0, Steps = 3 }.Validate();

    [Fact]
    public void Slices_without_an_example_in_any_batch_are_refused()
    {
        Assert.Contains("slices is 9 and batch size is 8", Assert.Throws<ArgumentException>(new TrainingOptions { BatchSize = 8, Slices = 9 }.Validate).Message);
        new TrainingOptions { BatchSize = 8, Slices = 8 }.Validate();
    }
}
