using System.Numerics;
using CsCheck;
using MiCse.Inference.Layers;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tests.Inference;

namespace MiCse.Tests.Numerics;

/// <summary>What is done to vectors between products, against the formulas in double precision.</summary>
public class FunctionTests
{
    [Fact]
    public void The_exponential_is_exact_to_the_last_digits()
    {
        for (var x = -87f; x <= 0; x += 0.00123f)
        {
            var expected = Math.Exp(x);
            Assert.InRange(Math.Abs(Softmax.Exp(new Vector<float>(x))[0] - expected) / expected, 0, 3e-7);
        }

        Assert.Equal(1, Softmax.Exp(Vector<float>.Zero)[0]);
        Assert.All([-87.01f, -1e9f, float.NegativeInfinity], x => Assert.Equal(0, Softmax.Exp(new Vector<float>(x))[0]));
    }

    [Fact]
    public void Softmax_is_the_formula_on_what_the_mask_lets_through() => Gen.Select(Gen.Float[-50, 50].Array[1, 40], Gen.Float[0.01f, 3], Gen.Int).Sample(
        (scores, scale, seed) =>
        {
            var random = new Random(seed);
            var mask = Array.ConvertAll(scores, _ => random.Next(4) > 0 ? 1 : 0);
            mask[random.Next(mask.Length)] = 1;
            var weights = scores.Zip(mask, (score, visible) => visible * Math.Exp(score * (double)scale)).ToArray();

            var found = scores.ToArray();
            var sum = Softmax.Unscaled(found, scale, mask);

            Close.Assert(weights.Select(weight => weight / weights.Sum()), found.Select(x => (double)x / sum), 3e-5);
            Assert.All(found.Zip(mask).Where(pair => pair.Second == 0), pair => Assert.Equal(0, pair.First));
        },
        iter: 300);

    [Fact]
    public void Gelu_is_the_formula_at_every_place_of_a_vector() => Gen.Float[-12, 12].Array[1, 40].Sample(
        values =>
        {
            var found = values.ToArray();
            Gelu.Apply(found);
            Close.Assert(values.Select(x => SlowEncoder.Gelu(x)), found.Select(x => (double)x), 2e-6);
            var first = values[..1];
            Gelu.Apply(first);
            Assert.Equal(found[0], first[0]);
        },
        iter: 300);

    [Fact]
    public void The_other_activations_are_their_formulas_at_every_place_of_a_vector() => Gen.Float[-100, 100].Array[1, 40].Sample(
        values =>
        {
            var (silu, gelu) = (values.ToArray(), values.Select(x => x / 8).ToArray());
            Silu.Apply(silu);
            Silu.ApplyTanhGelu(gelu);
            Close.Assert(values.Select(x => SlowEncoder.Silu(x)), silu.Select(x => (double)x), 2e-5);
            Close.Assert(values.Select(x => SlowEncoder.GeluTanh(x / 8)), gelu.Select(x => (double)x), 2e-6);
            var first = values[..1];
            Silu.Apply(first);
            Assert.Equal(silu[0], first[0]);
        },
        iter: 300);

    [Fact]
    public void A_mask_that_hides_everything_leaves_no_weight()
    {
        float[] scores = [1, 2, 3];
        Assert.Equal(1, Softmax.Unscaled(scores, 1, [0, 0, 0]));
        Assert.Equal([0, 0, 0], scores);
    }

    [Fact]
    public void A_norm_is_the_formula() => Gen.Select(Gen.Float[-9, 9].Array[2, 70], Gen.Int).Sample(
        (values, seed) =>
        {
            var random = new Random(seed);
            var (weight, bias, residual) = (Numbers(), Numbers(), Numbers());
            var sums = values.Zip(residual, (x, y) => (double)x + y).ToArray();
            var mean = sums.Average();
            var deviation = Math.Sqrt(sums.Average(x => (x - mean) * (x - mean)) + 1e-5);

            new LayerNorm(Tensor.From("weight", [weight.Length], weight), Tensor.From("bias", [bias.Length], bias), 1e-5).Apply(values, residual);

            Close.Assert(sums.Select((x, i) => (x - mean) / deviation * weight[i] + bias[i]), values.Select(x => (double)x), 1e-3);

            float[] Numbers() => [.. values.Select(_ => (float)(random.NextDouble() - 0.5))];
        },
        iter: 200);
}
