using MiCse.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>The trainable encoder of every family against its reference, at positions that are not padding.</summary>
public class FamilyParityTests
{
    public static TheoryData<string, int, bool> Cases =>
        [.. FamilyGolden.Names.SelectMany(family => Enumerable.Range(0, 4).SelectMany(index => new[] { (family.Data, index, false), (family.Data, index, true) }))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_states_and_attention_maps_are_the_references(string family, int index, bool float64)
    {
        using var scope = NewDisposeScope();
        using var golden = new FamilyGolden(family);
        using var encoder = golden.Load();
        if (float64)
        {
            encoder.to(ScalarType.Float64);
        }

        var name = $"case{index}.";
        var (ids, mask) = (golden[name + "input_ids"], golden[name + "attention_mask"]);
        var types = golden.Has(name + "token_type_ids") ? golden[name + "token_type_ids"] : null;
        var layers = encoder.Config.Layers;
        var output = encoder.Forward(ids, mask, new LayerRange(0, layers), hiddenStates: true, types);
        var plain = encoder.Forward(ids, mask, tokenTypes: types);

        var states = mask.unsqueeze(2); // [sequences, tokens, 1]
        for (var layer = 0; layer < layers; layer++)
        {
            Near($"hidden_states.{layer}", output.HiddenStates[layer], states, 5e-5);
        }

        Near("last_hidden_state", output.LastHiddenState, states, 5e-5);
        Near("last_hidden_state", plain.LastHiddenState, states, 5e-5);
        Assert.Equal(0, TensorAssert.LargestDifference(output.LastHiddenState, output.HiddenStates[layers]));
        var maps = mask.unsqueeze(1).unsqueeze(3); // [sequences, 1, query, 1]
        for (var layer = 0; golden.Has($"{name}attentions.{layer}"); layer++)
        {
            Near($"attentions.{layer}", output.AttentionMaps[layer], maps, 1e-5);
        }

        if (float64)
        {
            Near("last_hidden_state_f64", output.LastHiddenState, states, 1e-9);
            Near("last_hidden_state_f64", plain.LastHiddenState, states, 1e-9);
        }

        void Near(string what, Tensor found, Tensor where, double tolerance) => TensorAssert.Near(golden[name + what] * where, found * where, tolerance, what);
    }

    [Theory]
    [MemberData(nameof(FamilyGolden.Names), MemberType = typeof(FamilyGolden))]
    public void Padding_changes_nothing_and_no_padded_key_is_attended_to(string family)
    {
        using var scope = NewDisposeScope();
        using var golden = new FamilyGolden(family);
        using var encoder = golden.Load();
        var (padding, tokens) = (encoder.Config.PadTokenId, 11);
        var ids = arange(5, 5 + tokens, ScalarType.Int64).unsqueeze(0); // [1, tokens]
        var padded = nn.functional.pad(ids, [0, 9], value: padding);

        var alone = encoder.Forward(ids, ones_like(ids), new LayerRange(0, encoder.Config.Layers));
        var inBatch = encoder.Forward(padded, padded.ne(padding), new LayerRange(0, encoder.Config.Layers));

        TensorAssert.Near(alone.LastHiddenState, inBatch.LastHiddenState.narrow(1, 0, tokens), 2e-5);
        Assert.All(inBatch.AttentionMaps, map => Assert.Equal(0, map.narrow(3, tokens, 9).abs().max().item<float>()));
        Assert.All(inBatch.AttentionMaps, map => TensorAssert.Near(ones(map.shape[..3]), map.sum(-1), 1e-5));
    }
}
