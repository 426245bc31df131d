using CsCheck;
using MiCse.Models;

namespace MiCse.Tests.Inference;

/// <summary>The encoder against its slow twin, on encoders, inputs and masks of every shape.</summary>
public class RandomTransformerTests
{
    private const double Tolerance = 2e-5;

    [Fact]
    public void Hidden_states_and_every_pooling_agree_with_the_slow_twin() => Gen.Select(RandomEncoder.Configs, Gen.Int).Sample(
        (config, seed) =>
        {
            var random = new Random(seed);
            var weights = RandomEncoder.Weights(config, seed);
            var forward = new SlowEncoder(weights);
            var (batch, tokens) = (random.Next(1, 5), random.Next(1, config.MaxTokens + 1));
            var ids = Enumerable.Range(0, batch).SelectMany(_ => RandomEncoder.Ids(random, config, tokens)).ToArray();
            // Masks with holes anywhere but in the first position.
            var mask = Enumerable.Range(0, batch * tokens).Select(i => i % tokens == 0 || random.Next(3) > 0 ? 1 : 0).ToArray();
            var types = Enumerable.Range(0, batch * tokens).Select(_ => random.Next(2)).ToArray();
            var states = Enumerable.Range(0, batch).Select(row => row * tokens).Select(start => forward.HiddenStates(
                ids.AsSpan(start, tokens), mask.AsSpan(start, tokens), types.AsSpan(start, tokens))).ToArray();

            foreach (var pooling in Enum.GetValues<Pooling>())
            {
                using var run = new EncoderRun(weights, pooling);
                var all = run.Run(batch, tokens, ids, mask, types);
                for (var layer = 0; layer <= config.Layers; layer++)
                {
                    Close.Assert(
                        states.SelectMany(sequence => sequence[layer]).SelectMany(token => token),
                        all.HiddenStates[layer].Select(x => (double)x),
                        Tolerance);
                }

                var expected = states.SelectMany((sequence, row) => forward.Pool(sequence, mask.AsSpan(row * tokens, tokens), pooling)).ToArray();
                Close.Assert(expected, all.Embeddings.Select(x => (double)x), Tolerance);
            }
        },
        iter: 40);

    [Fact]
    public void Normalized_embeddings_have_length_one_and_the_same_direction()
    {
        var config = RandomEncoder.Small;
        var weights = RandomEncoder.Weights(config, 5);
        using var plain = new EncoderRun(weights, Pooling.Mean);
        using var normalized = new EncoderRun(weights, Pooling.Mean, normalize: true);
        var ids = RandomEncoder.Ids(new Random(1), config, 6);
        var mask = Enumerable.Repeat(1, 6).ToArray();

        var expected = plain.Run(1, 6, ids, mask, new int[6]).Embeddings;
        var norm = Math.Sqrt(expected.Sum(x => (double)x * x));
        Close.Assert(expected.Select(x => x / norm), normalized.Run(1, 6, ids, mask, new int[6]).Embeddings.Select(x => (double)x), 1e-6);
    }
}
