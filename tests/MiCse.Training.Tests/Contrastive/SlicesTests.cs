using MiCse.Checkpoints;
using MiCse.Training.Contrastive;
using MiCse.Training.Tests.Distillation;
using MiCse.Training.Tests.Pretraining;

namespace MiCse.Training.Tests.Contrastive;

/// <summary>Batches in slices, by themselves: how N ranks come to the same bytes is in <see cref="Distributed.RankedTrainingTests"/>.</summary>
public sealed class SlicesTests : IDisposable
{
    private static readonly TrainingOptions Sliced = TinyTraining.Options with { Slices = 4, EvaluateEvery = 3, SaveEvery = 4 };

    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_dropout_and_sampling_slices_change_next_to_nothing(int columns)
    {
        var options = TinyTraining.Options with { Method = TrainingMethod.SimCse, Layers = null, HiddenDropout = 0, AttentionDropout = 0, HardNegativeWeight = 0.1 };
        List<TrainingEvent> whole = [], sliced = [];

        _tiny.Train("whole", options, TinyTraining.Corpus(columns), progress: whole.Add);
        _tiny.Train("sliced", options with { Slices = 4 }, TinyTraining.Corpus(columns), progress: sliced.Add);

        Assert.All(whole.Zip(sliced), pair =>
        {
            Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-3);
            Assert.Equal(pair.First.MaskedLanguageModelLoss!.Value, pair.Second.MaskedLanguageModelLoss!.Value, 1e-3);
            Assert.Equal(pair.First.GradientNorm, pair.Second.GradientNorm, 1e-2 * pair.First.GradientNorm);
        });
        AssertNear(_tiny.Folder("whole"), _tiny.Folder("sliced"));
    }

    [Fact]
    public void Pretraining_and_distillation_are_sliced_as_they_are_whole()
    {
        using var pretraining = new TinyPretraining();
        var masked = TinyPretraining.Options with { HiddenDropout = 0, AttentionDropout = 0, Steps = 6 };
        List<double> whole = [], sliced = [];
        pretraining.Pretrain("whole", masked, progress: step => whole.Add(step.Loss));
        pretraining.Pretrain("sliced", masked with { Slices = 4 }, progress: step => sliced.Add(step.Loss));
        Assert.All(whole.Zip(sliced), pair => Assert.Equal(pair.First, pair.Second, 1e-3));

        using var distillation = new TinyDistillation();
        var learnt = TinyDistillation.Options with { InfoNceWeight = 0.2, HiddenDropout = 0, AttentionDropout = 0, ContrastiveWeight = 0.1, L2Weight = 0.1, Steps = 6 };
        whole.Clear();
        sliced.Clear();
        distillation.Distill("whole", learnt, progress: step => whole.Add(step.Loss));
        distillation.Distill("sliced", learnt with { Slices = 2 }, progress: step => sliced.Add(step.Loss));
        Assert.Equal(6, sliced.Count);
        Assert.All(whole.Zip(sliced), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void A_killed_training_in_slices_resumes_to_the_same_bytes()
    {
        var straight = _tiny.Train("straight", Sliced);
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", Sliced, progress: step => { if (step.Step == 6) { throw new InvalidTimeZoneException(); } }));
        var resumed = _tiny.Train("resumed", Sliced, resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
        Assert.Equal(straight.Loss, resumed.Loss);
    }

    [Fact]
    public void Slices_are_a_part_of_the_plan_once_there_are_any()
    {
        _tiny.Train("whole");
        _tiny.Train("sliced", Sliced);
        Assert.DoesNotContain("Slices", File.ReadAllText(Path.Combine(_tiny.Folder("whole"), "README.md")), StringComparison.Ordinal);
        Assert.Contains("| Slices | 4 |", File.ReadAllText(Path.Combine(_tiny.Folder("sliced"), "README.md")), StringComparison.Ordinal);

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Sliced, progress: step => { if (step.Step == 6) { throw new InvalidTimeZoneException(); } }));
        var message = Assert.Throws<MiCse.Files.ModelFormatException>(() => _tiny.Train("out", Sliced with { Slices = 8 }, resume: true)).Message;
        Assert.Contains("Slices 4, now 8", message);
    }

    [Fact]
    public void A_batch_with_fewer_examples_than_slices_is_trained_on()
    {
        // 40 sentences in batches of 38 and 2.
        var result = _tiny.Train("out", Sliced with { BatchSize = 38, Slices = 8, Steps = 2 });

        Assert.True(double.IsFinite(result.Loss));
        Assert.True(result.AttentionMutualInformation > 0);
    }

    private static void AssertNear(string expected, string found)
    {
        using var first = Checkpoint.Open(Path.Combine(expected, "model.safetensors"));
        using var second = Checkpoint.Open(Path.Combine(found, "model.safetensors"));
        foreach (var (name, tensor) in first.Tensors)
        {
            // The bias of the keys has no effect; its gradient is rounding, which Adam inflates.
            var tolerance = name.EndsWith("key.bias", StringComparison.Ordinal) ? 2e-2 : 2e-3;
            Assert.All(tensor.ToSingles().Zip(second.Tensors[name].ToSingles()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }
}
