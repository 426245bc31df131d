using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Families beside those of <see cref="TransformerGoldenTests"/> against the golden outputs of their references.</summary>
public class FamilyGoldenTests
{
    public static TheoryData<string, int> Cases => [.. new[] { "distilbert" }.SelectMany(family => Enumerable.Range(0, 4).Select(index => (family, index)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encoder_and_slow_twin_are_the_reference(string family, int index)
    {
        var folder = Fixture.Shared("fixtures", "families", family);
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, "model.safetensors"));
        using var cases = Checkpoint.Open(Path.Combine(folder, "cases.safetensors"));
        var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Path.Combine(folder, "config.json")));
        var (ids, mask) = (Integers("input_ids"), Integers("attention_mask"));
        var tokens = (int)cases.Tensors[$"case{index}.input_ids"].Shape[1];
        var width = weights.Config.HiddenSize;

        using var encoder = new EncoderRun(weights, Pooling.Mean);
        var output = encoder.Run(ids.Length / tokens, tokens, ids, mask, new int[ids.Length]);
        for (var layer = 0; layer < weights.Config.Layers; layer++)
        {
            Close.Assert(Attended(Of($"hidden_states.{layer}").ToSingles()), Attended(output.HiddenStates[layer]), 5e-5);
        }

        Close.Assert(Attended(Of("last_hidden_state").ToSingles()), Attended(output.HiddenStates[^1]), 5e-5);
        Close.Assert(Of("pooled.mean").ToSingles(), output.Embeddings, 5e-5);

        var twin = new SlowEncoder(weights);
        var states = ids.Chunk(tokens).Zip(mask.Chunk(tokens)).SelectMany(text => twin.HiddenStates(text.First, text.Second, new int[tokens])[^1].SelectMany(token => token));
        Close.Assert(Attended(MemoryMarshal.Cast<byte, double>(Of("last_hidden_state_f64").Bytes).ToArray()), Attended([.. states]), 1e-9);

        Tensor Of(string name) => cases.Tensors[$"case{index}.{name}"];
        int[] Integers(string name) => [.. MemoryMarshal.Cast<byte, long>(Of(name).Bytes).ToArray().Select(value => (int)value)];

        // What stands at padding is a matter of the implementation.
        T[] Attended<T>(T[] values) => [.. values.Where((_, element) => mask[element / width] != 0)];
    }
}
