using CsCheck;
using MiCse.Models;

namespace MiCse.Tests.Inference;

/// <summary>The encoder against its slow twin, on encoders, inputs and masks of every shape.</summary>
public class RandomTransformerTests
{
    private const double Tolerance = 5e-5; // as against the references

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

            // Without a LayerNorm after them, states grow from layer to layer, and the logits of attention, which softmax is
            // sensitive to in absolute terms, with their square: rounding shows in proportion.
            var growth = Math.Max(1, states.SelectMany(sequence => sequence).SelectMany(layer => layer).Max(token => token.Max(Math.Abs)) / 4);
            // A LayerNorm of a few dimensions may have next to no variance, and enlarges rounding up to tenfold with the least epsilon here; a wrong operation is off by a thousand times as much.
            var tolerance = 4 * Tolerance * growth * growth * (config.HiddenSize < 8 ? 10 : 1);
            foreach (var pooling in Enum.GetValues<Pooling>())
            {
                using var run = new EncoderRun(weights, pooling);
                var all = run.Run(batch, tokens, ids, mask, types);
                for (var layer = 0; layer <= config.Layers; layer++)
                {
                    Close.Assert(
                        states.SelectMany(sequence => sequence[layer]).SelectMany(token => token),
                        all.HiddenStates[layer].Select(x => (double)x),
                        tolerance);
                }

                var expected = states.SelectMany((sequence, row) => forward.Pool(sequence, mask.AsSpan(row * tokens, tokens), pooling)).ToArray();
                Close.Assert(expected, all.Embeddings.Select(x => (double)x), tolerance);
            }
        },
        iter: 150);

    [Theory]
    [InlineData(700, null)]
    [InlineData(300, 64)]
    [InlineData(130, 0)]
    [InlineData(200, 70)]
    [InlineData(97, 20)]
    public void Long_texts_and_windows_agree_with_the_slow_twin(int tokens, int? window)
    {
        var family = new PlannedFamily(new EncoderPlan
        {
            Positions = null,
            Rotary = new RotaryPositions(_ => 1000),
            RelativeBias = new RelativeBias(32, 128),
            Window = _ => window,
        });
        var config = new EncoderShape(family) { VocabularySize = 40, HiddenSize = 8, Heads = 2, Layers = 2, IntermediateSize = 6, MaxPositions = 1000, LayerNormEpsilon = 1e-3 };
        var weights = RandomEncoder.Weights(config, 1);
        var ids = RandomEncoder.Ids(new Random(1), config, tokens);
        var ones = Enumerable.Repeat(1, tokens).ToArray();
        using var run = new EncoderRun(weights, Pooling.Mean);
        Close.Assert(
            new SlowEncoder(weights).HiddenStates(ids, ones, new int[tokens])[^1].SelectMany(token => token),
            run.Run(1, tokens, ids, ones, new int[tokens]).HiddenStates[^1].Select(x => (double)x),
            Tolerance);
    }

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
