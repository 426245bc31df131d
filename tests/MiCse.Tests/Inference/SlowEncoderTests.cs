using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>The twin itself against the reference's float64 run.</summary>
public class SlowEncoderTests
{
    [Theory]
    [MemberData(nameof(ReferenceCase.All), MemberType = typeof(ReferenceCase))]
    public void Agrees_with_the_float64_run_of_the_reference(string model, int index)
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        var forward = new SlowEncoder(EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path(model, "config.json"))));
        using var expected = ReferenceCase.Open(model, index);

        var states = new List<double>();
        var pooled = new List<double>();
        for (var row = 0; row < expected.Batch; row++)
        {
            var (ids, mask, types) = expected.Sequence(row);
            var last = forward.HiddenStates(ids, mask, types)[^1];
            states.AddRange(last.SelectMany(token => token));
            pooled.AddRange(forward.Head(last[0], WeightNames.Pooler));
        }

        Close.Assert(expected.Doubles("last_hidden_state_f64"), states, 1e-9);
        Close.Assert(expected.Doubles("pooler_output_f64"), pooled, 1e-9);
    }
}
