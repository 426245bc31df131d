using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Model;
using MiCse.Training.Pretraining;
using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Pretraining;

public class PretrainingOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new PretrainingOptions().Validate();

    [Fact]
    public void Defaults_are_the_documented_ones() => DefaultValues.AssertAre(
        new PretrainingOptions(),
        (nameof(PretrainingOptions.WholeWords), false),
        (nameof(PretrainingOptions.Epochs), 1),
        (nameof(PretrainingOptions.Steps), null),
        (nameof(PretrainingOptions.BatchTokens), 4096),
        (nameof(PretrainingOptions.LearningRate), 5e-4),
        (nameof(PretrainingOptions.WarmupSteps), null),
        (nameof(PretrainingOptions.Schedule), LearningRateSchedule.Linear),
        (nameof(PretrainingOptions.WeightDecay), 0.01),
        (nameof(PretrainingOptions.MaxGradientNorm), 1.0),
        (nameof(PretrainingOptions.MaxTokens), null),
        (nameof(PretrainingOptions.HiddenDropout), null),
        (nameof(PretrainingOptions.AttentionDropout), null),
        (nameof(PretrainingOptions.Pooling), Pooling.Mean),
        (nameof(PretrainingOptions.HeldOut), null),
        (nameof(PretrainingOptions.EvaluateEvery), 500),
        (nameof(PretrainingOptions.SaveEvery), 500),
        (nameof(PretrainingOptions.Seed), 42L),
        (nameof(PretrainingOptions.Precision), Precision.Float32),
        (nameof(PretrainingOptions.Slices), 1),
        (nameof(PretrainingOptions.Device), ComputeDevice.Cpu),
        (nameof(PretrainingOptions.Threads), null));

    [Fact]
    public void One_message_lists_every_problem()
    {
        var options = new PretrainingOptions
        {
            Steps = 0,
            BatchTokens = 0,
            LearningRate = double.PositiveInfinity,
            WarmupSteps = -1,
            WeightDecay = -0.1,
            MaxGradientNorm = 0,
            MaxTokens = 2,
            HiddenDropout = 1,
            AttentionDropout = -0.1,
            Pooling = Pooling.Cls,
            HeldOut = -1,
            EvaluateEvery = 0,
            SaveEvery = 0,
            Threads = 0,
            Slices = 0,
        };

        var message = Assert.Throws<ArgumentException>(options.Validate).Message;

        Assert.Equal(15, message.Split("; ").Length);
        Assert.Contains("batch tokens is 0 and must be at least 1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("epochs", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 512, 128)]
    [InlineData(null, 64, 64)]
    [InlineData(32, 64, 32)]
    public void Sequences_are_as_long_as_the_model_takes_and_no_longer_than_usual(int? asked, int model, int expected) =>
        Assert.Equal(expected, new PretrainingOptions { MaxTokens = asked }.MaxTokensFor(model));
}
