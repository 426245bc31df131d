using CsCheck;
using MiCse.Inference.Layers;
using MiCse.Inference.Runtime;
using MiCse.Numerics;

namespace MiCse.Tests.Inference.Layers;

/// <summary>Products of bytes by every way that this processor can go: all have the sums of the slow twin.</summary>
public class IntegerMatMulTests
{
    [Theory]
    [InlineData(nameof(ByteInstructions.Plain))]
    [InlineData(nameof(ByteInstructions.PairsApart))]
    [InlineData(nameof(ByteInstructions.Vnni))]
    [InlineData(nameof(ByteInstructions.ArmDot))]
    public void Sums_are_exact_with_any_instructions(string name)
    {
        var instructions = Enum.Parse<ByteInstructions>(name);
        Assert.SkipUnless(instructions.AreSupported(), $"this processor has no {instructions}");
        Sample((weight, depth, columns, _) => new PackedIntegerMatMul(weight, depth, columns, instructions));
    }

    [Fact]
    public void Weights_that_do_not_saturate_are_multiplied_in_pairs()
    {
        Assert.SkipUnless(ByteInstructions.Pairs.AreSupported(), "this processor has no AVX2");
        Sample((weight, depth, columns, _) => new PackedIntegerMatMul(weight, depth, columns, ByteInstructions.PairsApart), largest: BytePairs.Largest / 2);
    }

    /// <summary>Without VNNI, ONNX Runtime adds pairs of products in 16 bits: weights that would not fit are split, on other processors when that is asked for.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public void Sums_of_onnx_runtime_are_the_same(bool? splits) =>
        Sample((weight, depth, columns, threads) => new OnnxIntegerMatMul(OnnxRuntimePackage.Found!, weight, depth, columns, threads, splits), iterations: 40);

    /// <summary>With zeros between them, two products of bytes fit 16 bits even where both are the largest.</summary>
    [Fact]
    public void A_product_of_bytes_and_zero_fits_16_bits() => Assert.True(byte.MaxValue * sbyte.MaxValue <= short.MaxValue && BytePairs.Largest * byte.MaxValue <= short.MaxValue);

    [Fact]
    public void The_largest_values_do_not_overflow()
    {
        const int depth = 3072;
        var (values, weight) = (Enumerable.Repeat(byte.MaxValue, depth).ToArray(), Enumerable.Repeat(sbyte.MinValue, depth).ToArray());
        using var product = IntegerMatMul.Create(weight, depth, 1, 1);
        Assert.Equal([(byte.MaxValue - 128) * sbyte.MinValue * depth], Sums(product, values, 1, depth, 1));
    }

    private static void Sample(Func<sbyte[], int, int, int, IntegerMatMul> create, int largest = 128, int iterations = 200) =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 70], Gen.Int[1, 80], Gen.Int[1, 3], Gen.Int).Sample(
            (rows, depth, columns, threads, seed) =>
            {
                var random = new Random(seed);
                var values = new byte[rows * depth];
                random.NextBytes(values);
                sbyte[] weight = [.. Enumerable.Range(0, depth * columns).Select(_ => (sbyte)random.Next(-largest, Math.Min(largest, 127) + 1))];
                using var product = create(weight, depth, columns, threads);

                // The slow twin.
                Assert.Equal(
                    Enumerable.Range(0, rows * columns).Select(index => Enumerable.Range(0, depth).Sum(k =>
                        (values[index / columns * depth + k] - Activations.QuantizedZero) * weight[k * columns + index % columns])),
                    Sums(product, values, rows, depth, columns));
            },
            iter: iterations);

    private static unsafe int[] Sums(IntegerMatMul product, byte[] values, int rows, int depth, int columns)
    {
        using var left = new AlignedMemory<byte>((rows + ByteTileKernel.Rows) * depth + ByteTileKernel.Depth);
        using var sums = new AlignedMemory<int>((rows + ByteTileKernel.Rows) * product.Width);
        values.CopyTo(new Span<byte>(left.Pointer, values.Length));
        for (var part = 0; part < product.Parts; part++)
        {
            product.Multiply(left.Pointer, rows, sums.Pointer, part, part + 1);
        }

        var result = new int[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            foreach (var block in product.Blocks)
            {
                new ReadOnlySpan<int>(block.Row(sums.Pointer, rows, row), block.Columns).CopyTo(result.AsSpan(row * columns + block.Start));
            }
        }

        return result;
    }
}
