using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Model;
using MiCse.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

public class EncoderParityTests
{
    public static TheoryData<string, int, bool> Cases => [.. (
        from folder in new[] { "bert-random", "roberta-random" }
        from index in Enumerable.Range(0, 4)
        from float64 in new[] { false, true }
        select (folder, index, float64))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_states_and_attention_maps_are_the_references(string folder, int index, bool float64)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(folder, "cases.safetensors");
        using var encoder = Load(folder);
        if (float64)
        {
            encoder.to(ScalarType.Float64);
        }

        encoder.eval();
        var config = encoder.Config;
        var name = $"case{index}.";
        var output = encoder.Forward(
            golden[name + "input_ids"],
            golden[name + "attention_mask"],
            new LayerRange(0, config.Layers),
            hiddenStates: true,
            golden[name + "token_type_ids"]);

        for (var layer = 0; layer <= config.Layers; layer++)
        {
            TensorAssert.Near(golden[$"{name}hidden_states.{layer}"], output.HiddenStates[layer], 5e-5, $"hidden state {layer}");
        }

        for (var layer = 0; layer < config.Layers; layer++)
        {
            TensorAssert.Near(golden[$"{name}attentions.{layer}"], output.AttentionMaps[layer], 1e-5, $"attention map {layer}");
        }

        TensorAssert.Near(golden[name + "last_hidden_state"], output.LastHiddenState, 5e-5, "last hidden state");
        TensorAssert.Near(golden[name + "sentemb.cls_before_pooler"], output.Cls, 5e-5, "[CLS]");
        if (float64)
        {
            TensorAssert.Near(golden[name + "last_hidden_state_f64"], output.LastHiddenState, 1e-9, "last hidden state in float64");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_attention_maps_the_hidden_states_are_the_same(string folder, int index, bool float64)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(folder, "cases.safetensors");
        using var encoder = Load(folder);
        if (float64)
        {
            encoder.to(ScalarType.Float64);
        }

        encoder.eval();
        var name = $"case{index}.";
        var output = encoder.Forward(
            golden[name + "input_ids"], golden[name + "attention_mask"], tokenTypes: golden[name + "token_type_ids"]);

        Assert.Empty(output.AttentionMaps);
        Assert.Empty(output.HiddenStates);
        var (expected, tolerance) = float64 ? ("last_hidden_state_f64", 1e-9) : ("last_hidden_state", 5e-5);
        TensorAssert.Near(golden[name + expected], output.LastHiddenState, tolerance);
    }

    [Theory]
    [InlineData("bert-random")]
    [InlineData("roberta-random")]
    public void Projection_head_gives_the_references_training_embedding(string folder)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(folder, "cases.safetensors");
        using var weights = new GoldenTensors(folder, "mlp.safetensors");
        using var encoder = Load(folder);
        using var head = new ProjectionHead(encoder.Config);
        CheckpointLoading.Load(head, weights.Tensors);
        encoder.eval();

        var cls = encoder.Forward(golden["case0.input_ids"], golden["case0.attention_mask"], tokenTypes: golden["case0.token_type_ids"]).Cls;

        TensorAssert.Near(golden["case0.sentemb.cls_mlp"], head.Forward(cls), 5e-5);
    }

    private static EncoderModule Load(string folder)
    {
        var config = EncoderShape.Load(Fixture.Path(folder, "config.json"));
        using var checkpoint = Checkpoint.Open(Fixture.Path(folder, "model.safetensors"));
        var encoder = new EncoderModule(config, config.HiddenDropout, config.AttentionDropout);
        CheckpointLoading.Load(encoder, EncoderWeights.From(checkpoint, config));
        return encoder;
    }
}
