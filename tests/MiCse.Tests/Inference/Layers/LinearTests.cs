using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Inference.Layers;

/// <summary>Linear layers against plain loops.</summary>
public class LinearTests
{
    private static readonly Gen<(int Rows, int Inputs, int[] Outputs, int Threads, int Seed)> Shapes =
        Gen.Select(Gen.Int[1, 120], Gen.Int[1, 70], Gen.Int[1, 90].Array[1, 2], Gen.Int[1, 4], Gen.Int);

    [Fact]
    public void Float32_is_the_product_and_what_follows() => Shapes.Sample(
        shape =>
        {
            var layers = Layers(shape);
            using var linear = new FloatLinear([.. layers.Select(layer => layer.Weight.ToFloat32())], [.. layers.Select(layer => Tensor.From("bias", [layer.Bias.Length], layer.Bias))]);
            var inputs = Inputs(shape);
            var expected = Enumerable.Range(0, shape.Rows).SelectMany(row => layers.SelectMany(layer => Enumerable.Range(0, layer.Bias.Length).Select(output =>
                row + layer.Bias[output] + Enumerable.Range(0, shape.Inputs).Sum(i => (double)inputs[row][i] * layer.Weight.ToSingles()[output * shape.Inputs + i]))));

            Close.Assert(expected, Apply(linear, inputs, Activations.Storage.Floats, shape.Threads).Select(x => (double)x), 1e-3);
        },
        iter: 60);

    [Fact]
    public void Int8_is_the_exact_product_of_the_rounded_numbers_and_what_follows() => Shapes.Sample(
        shape =>
        {
            var layers = Layers(shape);
            var matrices = layers.Select(layer => QuantizedMatrix.From(layer.Weight, QuantizedMatrix.MatMulLevels, "file")).ToArray();
            using var linear = new QuantizedLinear(
                [.. layers.Zip(matrices, (layer, matrix) => (matrix.ToRightHandMatrix(), Tensor.From("bias", [layer.Bias.Length], layer.Bias)))], shape.Threads);
            var inputs = Inputs(shape);
            var expected = inputs.SelectMany((input, row) =>
            {
                var middle = (input.Max() + input.Min()) / 2;
                var half = Math.Max((input.Max() - input.Min()) / 2, 1e-30f);
                var (scale, codes) = (half / 127, input.Select(x => (int)MathF.Round((x - middle) * (127 / half))).ToArray());
                return layers.Zip(matrices).SelectMany(pair => Enumerable.Range(0, pair.First.Bias.Length).Select(output =>
                {
                    var sum = Enumerable.Range(0, shape.Inputs).Sum(i => codes[i] * pair.Second.Values[output * shape.Inputs + i]);
                    var weights = Enumerable.Range(0, shape.Inputs).Sum(i => pair.Second.Values[output * shape.Inputs + i] * (double)pair.Second.Scales[output]);
                    return row + (double)sum * pair.Second.Scales[output] * scale + middle * weights + pair.First.Bias[output];
                }));
            }).ToArray();

            Close.Assert(expected, Apply(linear, inputs, Activations.Storage.Both, shape.Threads).Select(x => (double)x), 1e-3);
        },
        iter: 60);

    [Fact]
    public void A_rounded_row_is_within_half_a_step_and_zero_stays_zero() => Gen.Select(Gen.Int[1, 200], Gen.Float[-1e6f, 1e6f], Gen.Int).Sample(
        (width, size, seed) =>
        {
            var random = new Random(seed);
            using var states = new Activations(width, Activations.Storage.Quantized);
            states.Reserve(2);
            var values = Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() - 0.5) * size).ToArray();
            states.Complete(1, values);
            states.Complete(0, new float[width]);
            unsafe
            {
                for (var i = 0; i < width; i++)
                {
                    Assert.Equal(Activations.QuantizedZero, states.Quantized[i]);
                    var code = states.Quantized[width + i];
                    Assert.InRange(code, 1, 255);
                    var error = Math.Abs(values[i] - states.Midpoints[1] - (code - Activations.QuantizedZero) * states.Scales[1]);
                    Assert.InRange(error, 0, states.Scales[1] * 0.5001f + Math.Abs(states.Midpoints[1]) * 1e-6f);
                }
            }
        },
        iter: 200);

    [Fact]
    public void Factors_are_applied_before_a_row_is_quantized() => Gen.Select(Gen.Int[1, 200], Gen.Int).Sample(
        (width, seed) =>
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, width).Select(_ => (float)random.NextDouble() - 0.3f).ToArray();
            var factors = Enumerable.Range(0, width).Select(_ => (float)Math.Pow(2, random.Next(-3, 3))).ToArray();
            using var states = new Activations(width, Activations.Storage.Quantized) { Factors = factors };
            using var products = new Activations(width, Activations.Storage.Quantized);
            states.Reserve(1);
            products.Reserve(1);

            states.Complete(0, values);
            products.Complete(0, [.. values.Zip(factors, (value, factor) => value * factor)]);

            unsafe
            {
                Assert.Equal(new Span<byte>(products.Quantized, width).ToArray(), new Span<byte>(states.Quantized, width).ToArray());
                Assert.Equal((products.Scales[0], products.Midpoints[0]), (states.Scales[0], states.Midpoints[0]));
            }
        },
        iter: 100);

    /// <summary>The layer's output, to which the number of the row is added as what follows.</summary>
    private static float[] Apply(Linear linear, float[][] inputs, Activations.Storage keeps, int threads)
    {
        using var input = new Activations(linear.Inputs, keeps);
        using var output = new Activations(linear.Outputs, Activations.Storage.Floats);
        using var workspace = new Workspace(RandomEncoder.Small, EncoderPrecision.Int8);
        input.Reserve(inputs.Length);
        for (var row = 0; row < inputs.Length; row++)
        {
            inputs[row].CopyTo(input.Row(row));
            input.Complete(row, input.Row(row));
        }

        linear.Apply(input, output, inputs.Length, AddRow, workspace, new Team(threads, default));
        return [.. Enumerable.Range(0, inputs.Length).SelectMany(row => output.Row(row).ToArray())];

        static void AddRow(Span<float> values, int row)
        {
            foreach (ref var value in values)
            {
                value += row;
            }
        }
    }

    private static (Tensor Weight, float[] Bias)[] Layers((int Rows, int Inputs, int[] Outputs, int Threads, int Seed) shape)
    {
        var random = new Random(shape.Seed);
        return Array.ConvertAll(shape.Outputs, outputs => (
            new Tensor("w", TensorType.Float32, [outputs, shape.Inputs], MemoryMarshal.AsBytes<float>(Numbers(random, outputs * shape.Inputs)).ToArray()),
            Numbers(random, outputs)));
    }

    private static float[][] Inputs((int Rows, int Inputs, int[] Outputs, int Threads, int Seed) shape)
    {
        var random = new Random(shape.Seed + 1);
        return [.. Enumerable.Range(0, shape.Rows).Select(_ => Numbers(random, shape.Inputs))];
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
