using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Model;
using MiCse.Weights;

namespace MiCse.Training.Tests.Model;

public class CheckpointLoadingTests
{
    [Fact]
    public void What_was_loaded_is_exported_unchanged()
    {
        var config = EncoderShape.Load(Fixture.Path("bert-random", "config.json"));
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "pytorch_model_forcl.bin"));
        var weights = EncoderWeights.From(checkpoint, config);
        using var encoder = new EncoderModule(config, 0, 0);
        using var head = new ProjectionHead(config);
        CheckpointLoading.Load(encoder, weights);
        CheckpointLoading.Load(head, weights);

        var exported = CheckpointLoading.Export(encoder, head).ToDictionary(weight => weight.Name);

        Assert.Equal(weights.Tensors.Keys.Order(), exported.Keys.Order());
        Assert.All(weights.Tensors, tensor =>
        {
            Assert.Equal(tensor.Value.Shape, exported[tensor.Key].Shape);
            Assert.Equal(tensor.Value.ToSingles(), exported[tensor.Key].ToSingles());
        });
    }

    [Fact]
    public void Weights_that_do_not_fit_are_listed()
    {
        var config = EncoderShape.Load(Fixture.Path("bert-random", "config.json"));
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "model.safetensors"));
        using var head = new ProjectionHead(config);
        var error = Assert.Throws<ArgumentException>(() => CheckpointLoading.Load(head, EncoderWeights.From(checkpoint, config)));
        Assert.StartsWith(
            "2 weights are not in the checkpoint, or not of this shape: mlp.dense.weight [64, 64]; mlp.dense.bias [64].",
            error.Message,
            StringComparison.Ordinal);
    }
}
