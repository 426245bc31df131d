using CsCheck;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Whole encoders in int8.</summary>
public class QuantizedEncoderTests
{
    private static readonly EncoderShape Config = RandomEncoder.Small;

    private static readonly EncoderWeights Weights = RandomEncoder.Weights(Config, 7);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Pooling> Poolings => [.. Enum.GetValues<Pooling>()];

    [Theory]
    [MemberData(nameof(Poolings))]
    public void A_text_has_the_same_bytes_alone_beside_any_others_and_on_all_cores(Pooling pooling)
    {
        using var encoder = new CpuEngine(Weights, pooling, normalize: true, threads: 2, EncoderPrecision.Int8);
        Gen.Select(Gen.Int[2, 40].Array[1, 12], Gen.Int).Sample(
            (lengths, seed) =>
            {
                var random = new Random(seed);
                var texts = Array.ConvertAll(lengths, length => RandomEncoder.Ids(random, Config, length));
                var together = encoder.Encode(texts, Token);
                Assert.Equal(together.Values.ToArray(), encoder.EncodeOnAllCores(texts, Token).Values.ToArray());
                for (var row = 0; row < texts.Length; row++)
                {
                    Assert.Equal(encoder.Encode([texts[row]], Token)[0].ToArray(), together[row].ToArray());
                    Assert.Equal(encoder.EncodeOnAllCores([texts[row]], Token)[0].ToArray(), together[row].ToArray());
                }
            },
            iter: 60);
    }

    [Fact]
    public void Both_architectures_and_every_pooling_stay_near_to_the_slow_twin() => Gen.Select(RandomEncoder.Configs, Gen.Int).Sample(
        (config, seed) =>
        {
            var random = new Random(seed);
            var weights = RandomEncoder.Weights(config, seed);
            var forward = new SlowEncoder(weights, new CheckpointGraphWeights(weights, InputMeasurement.Of));
            var ids = RandomEncoder.Ids(random, config, random.Next(2, config.MaxTokens + 1));
            var mask = Enumerable.Repeat(1, ids.Length).ToArray();
            var states = forward.HiddenStates(ids, mask, new int[ids.Length]);
            foreach (var pooling in Enum.GetValues<Pooling>())
            {
                using var encoder = new CpuEngine(weights, pooling, normalize: false, threads: 1, EncoderPrecision.Int8);
                var found = encoder.Encode([ids], Token)[0].ToArray();
                var expected = forward.Pool(states, mask, pooling);
                // A number at the edge of two codes may get the other one, as sums in float32 and float64 differ in the last digits.
                Assert.InRange(found.Zip(expected, (x, y) => Math.Abs(x - y)).Average(), 0, 0.02);
            }
        },
        iter: 60);

    [Fact]
    public void Rounding_costs_little()
    {
        using var exact = new CpuEngine(Weights, Pooling.Mean, normalize: false, threads: 1);
        using var rounded = new CpuEngine(Weights, Pooling.Mean, normalize: false, threads: 1, EncoderPrecision.Int8);
        var random = new Random(2);
        var texts = Enumerable.Range(0, 30).Select(_ => RandomEncoder.Ids(random, Config, 12)).ToArray();
        var (before, after) = (exact.Encode(texts, Token), rounded.Encode(texts, Token));
        Assert.NotEqual(before.Values.ToArray(), after.Values.ToArray());
        Assert.All(Enumerable.Range(0, 30), row => Assert.InRange(Similarity.Cosine(before[row], after[row]), 0.998, 1));
    }
}
