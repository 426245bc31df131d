using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Weights;

/// <summary>Factors of inputs against the error of products that are really made.</summary>
public class InputFactorsTests
{
    private const int Width = 48;

    private static readonly Team s_team = new(1, CancellationToken.None);

    [Fact]
    public void A_few_large_dimensions_cost_less_with_factors() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var sizes = Enumerable.Range(0, Width).Select(i => i % 16 == 3 ? 30.0 : 1).ToArray();
            float[] Row() => [.. sizes.Select(size => (float)((random.NextDouble() - 0.5) * size))];
            var weight = Matrix(random, 32);
            var input = new LinearInput(Width);
            for (var row = 0; row < 200; row++)
            {
                input.Add(Row(), s_team);
            }

            var factors = InputFactors.Choose(input, [weight]);

            Assert.NotNull(factors);
            var rows = Enumerable.Range(0, 40).Select(_ => Row()).ToArray();
            Assert.InRange(Error(weight, rows, factors) / Error(weight, rows, [.. Enumerable.Repeat(1f, Width)]), 0, 0.5);
            Assert.All(factors, factor => Assert.Equal(Math.Round(Math.Log2(factor) * 4), Math.Log2(factor) * 4, 4));
        },
        iter: 20);

    [Fact]
    public void Without_a_measurement_there_are_none() =>
        Assert.Null(InputFactors.Choose(new LinearInput(Width), [Matrix(new Random(1), 4)]));

    [Fact]
    public void Dimensions_and_weights_of_zeros_have_finite_factors()
    {
        var input = new LinearInput(Width);
        for (var row = 0; row < 20; row++)
        {
            input.Add([.. Enumerable.Range(0, Width).Select(i => i == 5 ? 100f : i % 2)], s_team);
        }

        var factors = InputFactors.Choose(input, [new Tensor("w", TensorType.Float32, [2, Width], new byte[2 * Width * 4]), Matrix(new Random(3), 2)]);

        Assert.All(factors ?? [1], factor => Assert.True(float.IsFinite(factor) && factor > 0));
    }

    /// <summary>The squared error of the products of rounded rows and rounded weights.</summary>
    private static double Error(Tensor weight, float[][] rows, float[] factors)
    {
        var matrix = QuantizedMatrix.From(weight, QuantizedMatrix.TableLevels, "file", factors);
        var exact = weight.ToSingles();
        var error = 0.0;
        foreach (var row in rows)
        {
            var scaled = row.Zip(factors, (x, factor) => (double)x * factor).ToArray();
            var (middle, half) = ((scaled.Max() + scaled.Min()) / 2, (scaled.Max() - scaled.Min()) / 2);
            var rounded = Array.ConvertAll(scaled, x => Math.Round((x - middle) / half * 127) * half / 127 + middle);
            for (var output = 0; output < matrix.Rows; output++)
            {
                var found = Enumerable.Range(0, Width).Sum(i => rounded[i] * matrix.Values[output * Width + i] * matrix.Scales[output]);
                var expected = Enumerable.Range(0, Width).Sum(i => (double)row[i] * exact[output * Width + i]);
                error += (found - expected) * (found - expected);
            }
        }

        return error;
    }

    private static Tensor Matrix(Random random, int rows) => new(
        "w", TensorType.Float32, [rows, Width],
        MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, rows * Width).Select(_ => (float)(random.NextDouble() - 0.5))]).ToArray());
}
