using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Inference.Layers;
using MiCse.Numerics;
using MiCse.Tensors;

namespace MiCse.Tests.Inference.Layers;

/// <summary>Products of bytes, also as processors without VNNI instructions have to make them.</summary>
public class IntegerMatMulTests
{
    [Fact]
    public void Even_and_odd_rows_apart_give_the_same_sums() => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int).Sample(
        (rows, depth, columns, seed) =>
        {
            var random = new Random(seed);
            var (values, weights) = (new byte[rows * depth], new byte[depth * columns]);
            random.NextBytes(values);
            random.NextBytes(weights);
            var weight = new Tensor("w", TensorType.Int8, [depth, columns], weights);

            Assert.Equal(Sums(weight, splits: false, values, rows), Sums(weight, splits: true, values, rows));
        },
        iter: 60);

    /// <summary>With zeros between them, two products of bytes fit 16 bits even where both are the largest.</summary>
    [Fact]
    public void A_product_of_bytes_and_zero_fits_16_bits() => Assert.True(byte.MaxValue * sbyte.MaxValue <= short.MaxValue && BytePairs.Largest * byte.MaxValue <= short.MaxValue);

    private static unsafe int[] Sums(Tensor weight, bool splits, byte[] values, int rows)
    {
        using var product = new IntegerMatMul(weight, splits);
        var sums = new int[rows * product.Columns];
        fixed (byte* left = values)
        {
            fixed (int* target = sums)
            {
                product.Multiply(left, rows, target);
            }
        }

        // The slow twin.
        var bytes = MemoryMarshal.Cast<byte, sbyte>(weight.Bytes).ToArray();
        var depth = (int)weight.Shape[0];
        Assert.Equal(
            Enumerable.Range(0, sums.Length).Select(index => Enumerable.Range(0, depth).Sum(k =>
                (values[index / product.Columns * depth + k] - Activations.QuantizedZero) * bytes[k * product.Columns + index % product.Columns])),
            sums);
        return sums;
    }
}
