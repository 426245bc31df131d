using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Weights;

namespace MiCse.Training.Tests.Contrastive;

public sealed class FreezeTests : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Frozen_weights_stay_and_the_others_move()
    {
        _tiny.Train("out", TinyTraining.Options with { Freeze = ["embeddings.position_embeddings", "encoder.layer.1"], WeightDecay = 0.1 });

        using var before = _tiny.Model.OpenCheckpoint();
        using var after = ModelFolder.Open(_tiny.Folder("out")).OpenCheckpoint();
        var initial = EncoderWeights.From(before, _tiny.Model.Config);
        foreach (var (name, tensor) in EncoderWeights.From(after, _tiny.Model.Config).Tensors)
        {
            var frozen = name.StartsWith("embeddings.position_embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.layer.1.", StringComparison.Ordinal);
            Assert.True(frozen == tensor.Bytes.SequenceEqual(initial[name].Bytes), name);
        }
    }

    [Fact]
    public void A_resumed_training_keeps_them_frozen()
    {
        var options = TinyTraining.Options with { Freeze = ["embeddings"], SaveEvery = 5 };
        _tiny.Train("whole", options);
        using (var cancellation = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => _tiny.Train(
                "cut", options, progress: step => { if (step.Step == 7) { cancellation.Cancel(); } }, cancellation: cancellation));
        }

        _tiny.Train("cut", options, resume: true);

        Assert.Equal(_tiny.Weights("whole"), _tiny.Weights("cut"));
    }

    [Fact]
    public void A_name_that_no_weight_has_is_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => _tiny.Train("out", TinyTraining.Options with { Freeze = ["encoder.layer.7"] }));

        Assert.Contains("\"encoder.layer.7\"", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public void Something_must_be_left_to_train()
    {
        var options = TinyTraining.Options with { Freeze = ["embeddings", "encoder"], MaskedLanguageModelWeight = 0, Pooling = Pooling.Mean };

        Assert.Contains("nothing to train", Assert.Throws<ArgumentException>(() => _tiny.Train("out", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pooling_is_the_models_unless_another_is_asked_for()
    {
        _tiny.Train("mean", TinyTraining.Options with { Pooling = Pooling.MeanOfFirstAndLast });
        var mean = ModelFolder.Open(_tiny.Folder("mean"));
        var trainer = new Trainer(TinyTraining.Options);

        trainer.Train(mean, TinyTraining.Corpus(), _tiny.Folder("again"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Pooling.MeanOfFirstAndLast, ModelFolder.Open(_tiny.Folder("again")).Pooling.Pooling);
    }
}
