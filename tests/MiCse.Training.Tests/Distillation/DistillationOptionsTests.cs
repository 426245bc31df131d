using MiCse.Inference;
using MiCse.Training.Contrastive;
using MiCse.Training.Distillation;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Distillation;

public class DistillationOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new DistillationOptions().Validate();

    [Fact]
    public void Defaults_are_the_documented_ones() => DefaultValues.AssertAre(
        new DistillationOptions(),
        (nameof(DistillationOptions.CosineWeight), 1.0),
        (nameof(DistillationOptions.L2Weight), 0.0),
        (nameof(DistillationOptions.ContrastiveWeight), 0.0),
        (nameof(DistillationOptions.SimilarityWeight), 1.0),
        (nameof(DistillationOptions.InfoNceWeight), 0.0),
        (nameof(DistillationOptions.Lambda), 0.0),
        (nameof(DistillationOptions.Temperature), 0.05),
        (nameof(DistillationOptions.TeacherTemperature), 0.05),
        (nameof(DistillationOptions.Queue), 16_384),
        (nameof(DistillationOptions.Epochs), 1),
        (nameof(DistillationOptions.Steps), null),
        (nameof(DistillationOptions.BatchSize), 128),
        (nameof(DistillationOptions.LearningRate), 2e-4),
        (nameof(DistillationOptions.WarmupSteps), null),
        (nameof(DistillationOptions.Schedule), LearningRateSchedule.Linear),
        (nameof(DistillationOptions.WeightDecay), 0.01),
        (nameof(DistillationOptions.MaxGradientNorm), 1.0),
        (nameof(DistillationOptions.MaxTokens), null),
        (nameof(DistillationOptions.HiddenDropout), null),
        (nameof(DistillationOptions.AttentionDropout), null),
        (nameof(DistillationOptions.Pooling), null),
        (nameof(DistillationOptions.HeldOut), null),
        (nameof(DistillationOptions.Selection), null),
        (nameof(DistillationOptions.EvaluateEvery), 500),
        (nameof(DistillationOptions.SaveEvery), 500),
        (nameof(DistillationOptions.Seed), 42L),
        (nameof(DistillationOptions.Precision), Precision.Float32),
        (nameof(DistillationOptions.Slices), 1),
        (nameof(DistillationOptions.Device), ComputeDevice.Cpu),
        (nameof(DistillationOptions.Threads), null));

    [Fact]
    public void One_message_lists_every_problem()
    {
        var options = new DistillationOptions
        {
            CosineWeight = 0, SimilarityWeight = 0, L2Weight = -1, InfoNceWeight = double.NaN, Temperature = 0, TeacherTemperature = -1, Queue = 1, BatchSize = 1,
            HeldOut = 0, Selection = CheckpointSelection.LabelFree, Pooling = Models.Pooling.Cls,
        };

        var message = Assert.Throws<ArgumentException>(options.Validate).Message;

        Assert.All(
            ["L2 weight is -1", "InfoNCE weight is NaN", "temperature is 0", "teacher temperature is -1", "queue is 1", "batch size is 1", "label-free selection", "pooling Cls", "nothing else looks at the teacher"],
            problem => Assert.Contains(problem, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Slices_without_an_example_in_any_batch_are_refused()
    {
        Assert.Contains("slices is 9 and batch size is 8", Assert.Throws<ArgumentException>(new DistillationOptions { BatchSize = 8, Slices = 9 }.Validate).Message);
        new DistillationOptions { BatchSize = 8, Slices = 8 }.Validate();
    }
}
