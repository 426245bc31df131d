using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>The encoder against the golden outputs of the reference.</summary>
public class TransformerGoldenTests
{
    private const double Tolerance = 5e-5;

    [Theory]
    [MemberData(nameof(ReferenceCase.All), MemberType = typeof(ReferenceCase))]
    public void Hidden_states_of_every_layer_and_position_are_those_of_the_reference(string model, int index)
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path(model, "config.json")));
        using var encoder = new EncoderRun(weights, Pooling.Cls);
        using var expected = ReferenceCase.Open(model, index);
        var outputs = encoder.Run(expected.Batch, expected.Tokens, expected.Ids, expected.Mask, expected.Types);

        for (var layer = 0; layer <= weights.Config.Layers; layer++)
        {
            Close.Assert(expected.Singles($"hidden_states.{layer}"), outputs.HiddenStates[layer], Tolerance);
        }

        Close.Assert(expected.Singles("last_hidden_state"), outputs.HiddenStates[^1], Tolerance);
        Close.Assert(expected.Singles("pooler_output"), outputs.Embeddings, Tolerance);
    }

    [Theory]
    [MemberData(nameof(ReferenceCase.All), MemberType = typeof(ReferenceCase))]
    public void Every_pooling_is_that_of_the_reference(string model, int index)
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        using var head = Checkpoint.Open(Fixture.Path(model, "mlp.safetensors"));
        var config = EncoderShape.Load(Fixture.Path(model, "config.json"));
        var plain = EncoderWeights.From(checkpoint, config);
        var withHead = EncoderWeights.From(checkpoint.Tensors.Concat(head.Tensors).ToDictionary(), config, "model with head");
        using var expected = ReferenceCase.Open(model, index);

        foreach (var (name, weights, pooling) in new[]
        {
            ("cls_before_pooler", plain, Pooling.ClsBeforePooler),
            ("cls_before_pooler", withHead, Pooling.ClsBeforePooler),
            ("cls_hf_pooler", plain, Pooling.Cls),
            ("cls_mlp", withHead, Pooling.Cls),
            ("avg", plain, Pooling.Mean),
            ("avg_top2", plain, Pooling.MeanOfLastTwo),
            ("avg_first_last", plain, Pooling.MeanOfFirstAndLast),
        })
        {
            using var encoder = new EncoderRun(weights, pooling);
            var outputs = encoder.Run(expected.Batch, expected.Tokens, expected.Ids, expected.Mask, expected.Types);
            Close.Assert(expected.Singles("sentemb." + name), outputs.Embeddings, Tolerance);
        }
    }

    [Theory]
    [InlineData("model.safetensors", "cls_hf_pooler")]
    [InlineData("pytorch_model.bin", "cls_hf_pooler")]
    [InlineData("pytorch_model_forcl.bin", "cls_mlp")]
    [InlineData("sharded/model.safetensors.index.json", "cls_hf_pooler")]
    [InlineData("oldstyle", "cls_hf_pooler")]
    public void Every_way_to_store_a_model_gives_the_same_vectors(string file, string name)
    {
        foreach (var model in new[] { "bert-random", "roberta-random" })
        {
            var path = file != "oldstyle" ? file : model == "bert-random" ? "oldstyle/pytorch_model.bin" : "oldstyle/model.safetensors";
            using var checkpoint = Checkpoint.Open(Fixture.Path(model, path));
            var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path(model, "config.json")));
            using var encoder = new EncoderRun(weights, Pooling.Cls);
            for (var index = 0; index < 4; index++)
            {
                using var expected = ReferenceCase.Open(model, index);
                var outputs = encoder.Run(expected.Batch, expected.Tokens, expected.Ids, expected.Mask, expected.Types);
                Close.Assert(expected.Singles("sentemb." + name), outputs.Embeddings, Tolerance);
                Close.Assert(expected.Singles("last_hidden_state"), outputs.HiddenStates[^1], Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("fp16")]
    [InlineData("bf16")]
    public void Half_precision_weights_are_widened(string type)
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", $"model_{type}.safetensors"));
        using var golden = Checkpoint.Open(Fixture.Path("bert-random", "expected_half_weights.safetensors"));
        var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path("bert-random", "config.json")));
        using var encoder = new EncoderRun(weights, Pooling.Cls);
        foreach (var index in new[] { 0, 2 })
        {
            using var inputs = ReferenceCase.Open("bert-random", index);
            var outputs = encoder.Run(inputs.Batch, inputs.Tokens, inputs.Ids, inputs.Mask, inputs.Types);
            var last = golden.Tensors[$"{type}.case{index}.last_hidden_state"].ToSingles();
            Close.Assert(last, outputs.HiddenStates[^1], Tolerance);
            Close.Assert(golden.Tensors[$"{type}.case{index}.pooler_output"].ToSingles(), outputs.Embeddings, Tolerance);
        }
    }

    [Theory]
    [InlineData("fp16")]
    [InlineData("bf16")]
    public void Half_precision_roberta_agrees_with_the_slow_twin(string type)
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("roberta-random", $"model_{type}.safetensors"));
        var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path("roberta-random", "config.json")));
        var forward = new SlowEncoder(weights);
        using var encoder = new EncoderRun(weights, Pooling.Cls);
        using var inputs = ReferenceCase.Open("roberta-random", 2);
        var last = encoder.Run(inputs.Batch, inputs.Tokens, inputs.Ids, inputs.Mask, inputs.Types).HiddenStates[^1];
        var expected = Enumerable.Range(0, inputs.Batch).Select(inputs.Sequence)
            .SelectMany(sequence => forward.HiddenStates(sequence.Ids, sequence.Mask, sequence.Types)[^1])
            .SelectMany(token => token);
        Close.Assert(expected, last.Select(x => (double)x), 1e-5);
    }
}
