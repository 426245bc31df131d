using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Checkpoints;
using MiCse.Export;
using MiCse.Tensors;
using MiCse.Tests.Inference;
using MiCse.Weights;
using Microsoft.ML.OnnxRuntime;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Tests.Export;

/// <summary>Products and look-ups of bytes against the same arithmetic in plain loops, to the last bit.</summary>
public class QuantizedLayersTests
{
    private const string Weight = "w";

    [Fact]
    public void A_product_is_the_exact_one_of_the_rounded_numbers() => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int).Sample(
        (rows, width, outputs, seed) =>
        {
            var random = new Random(seed);
            // Tokens of very different size, one of them all zeros.
            var sizes = Enumerable.Range(0, rows).Select(row => row == 3 ? 0 : (float)Math.Pow(10, random.Next(-6, 6))).ToArray();
            var inputs = Numbers(random, rows * width).Select((x, index) => x * sizes[index / width]).ToArray();
            var weight = new Tensor(Weight, TensorType.Float32, [outputs, width], Bytes(Numbers(random, outputs * width)));

            var found = Run(weight, "x", TensorType.Float32, (layers, input) => layers.AddMatMul(input, Weight, "y"), OrtValue.CreateTensorValueFromMemory(inputs, [1, rows, width]));

            Assert.Equal(Product(inputs, rows, weight), found);
        },
        iter: 200);

    [Fact]
    public void A_token_of_equal_numbers_is_exact()
    {
        const int width = 300;
        var inputs = Enumerable.Repeat(5f, width).ToArray();
        var weight = new Tensor(Weight, TensorType.Float32, [2, width], Bytes([.. Enumerable.Repeat(0.5f, width), .. Enumerable.Repeat(-0.5f, width)]));

        var found = Run(weight, "x", TensorType.Float32, (layers, input) => layers.AddMatMul(input, Weight, "y"), OrtValue.CreateTensorValueFromMemory(inputs, [1, 1, width]));

        Close.Assert([750f, -750f], found, 1e-3);
    }

    [Fact]
    public void A_lookup_is_the_row_of_the_table_to_half_a_step()
    {
        var values = Numbers(new Random(5), 40 * 24);
        var table = new Tensor(Weight, TensorType.Float32, [40, 24], Bytes(values));
        int[] ids = [7, 0, 39, 7];

        var found = Run(table, "ids", TensorType.Int32, (layers, input) => layers.AddLookup(input, Weight, "y"), OrtValue.CreateTensorValueFromMemory(ids, [2, 2]));

        var matrix = QuantizedMatrix.From(table, QuantizedMatrix.TableLevels, "file");
        var expected = ids.SelectMany(id => Enumerable.Range(0, 24).Select(column => matrix.Values[id * 24 + column] * matrix.Scales[id])).ToArray();
        Assert.Equal(expected, found);
        for (var i = 0; i < found.Length; i++)
        {
            Assert.InRange(Math.Abs(found[i] - values[ids[i / 24] * 24 + i % 24]), 0, matrix.Scales[ids[i / 24]] * 0.5001);
        }
    }

    private static float[] Run(Tensor weight, string name, TensorType type, Func<QuantizedLayers, string, string> add, OrtValue input)
    {
        var model = new OnnxModelWriter();
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        var layers = new QuantizedLayers(model, new OneWeight(weight), model.Weight);
        model.Input(name, type, [.. input.GetTensorTypeAndShape().Shape.Select(size => (object)size)]);
        model.Output(add(layers, name), TensorType.Float32, "batch", "tokens", "width");
        using var session = new InferenceSession(model.ToArray(), options);
        using var run = new RunOptions();
        using (input)
        {
            using var outputs = session.Run(run, [name], [input], session.OutputNames);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }

    private static float[] Product(float[] inputs, int rows, Tensor weight)
    {
        var matrix = QuantizedMatrix.From(weight, QuantizedMatrix.MatMulLevels, "file");
        var results = new float[rows * matrix.Rows];
        for (var row = 0; row < rows; row++)
        {
            var numbers = inputs[(row * matrix.Columns)..((row + 1) * matrix.Columns)];
            var middle = (numbers.Max() + numbers.Min()) * 0.5f;
            var scale = Math.Max((numbers.Max() - numbers.Min()) * 0.5f, 1e-30f) * (1f / 127);
            var codes = numbers.Select(x => (int)MathF.Round((x - middle) / scale)).ToArray();
            for (var output = 0; output < matrix.Rows; output++)
            {
                var sum = 0L;
                for (var column = 0; column < matrix.Columns; column++)
                {
                    sum += codes[column] * matrix.Values[output * matrix.Columns + column];
                }

                var weights = matrix.Values.Slice(output * matrix.Columns, matrix.Columns).ToArray().Sum(value => (int)value) * matrix.Scales[output];
                results[row * matrix.Rows + output] = sum * matrix.Scales[output] * scale + middle * weights;
            }
        }

        return results;
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    private sealed class OneWeight(Tensor weight) : GraphWeights(RandomEncoder.Small)
    {
        public override long ParameterCount => weight.ElementCount;

        public override bool Has(string name) => name == Weight;

        public override Tensor Float(string name) => weight.ToFloat32();

        public override QuantizedWeight RightHandMatrix(string name) => QuantizedMatrix.From(weight, QuantizedMatrix.MatMulLevels, "file").ToRightHandMatrix();

        public override QuantizedWeight Table(string name) => QuantizedMatrix.From(weight, QuantizedMatrix.TableLevels, "file").ToTable();
    }
}
