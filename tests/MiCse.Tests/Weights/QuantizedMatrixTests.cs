using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Files;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Weights;

public class QuantizedMatrixTests
{
    [Fact]
    public void Every_number_is_within_half_a_step_and_the_largest_of_a_row_at_the_last() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int, Gen.Bool).Sample((rows, columns, seed, isTable) =>
        {
            var steps = isTable ? QuantizedMatrix.TableLevels : QuantizedMatrix.MatMulLevels;
            var random = new Random(seed);
            var values = Enumerable.Range(0, rows * columns).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 3)))).ToArray();

            var matrix = QuantizedMatrix.From(Tensor(values, rows, columns), steps, "file");

            for (var row = 0; row < rows; row++)
            {
                var codes = matrix.Values.Slice(row * columns, columns).ToArray();
                Assert.Equal(steps, codes.Max(code => Math.Abs((int)code)));
                for (var column = 0; column < columns; column++)
                {
                    Assert.InRange(Math.Abs(codes[column] * matrix.Scales[row] - values[row * columns + column]), 0, matrix.Scales[row] * 0.5001f);
                }
            }
        });

    [Fact]
    public void A_factor_lies_column_by_column_and_a_table_row_by_row()
    {
        var matrix = QuantizedMatrix.From(Tensor([1, 2, 4, -64, 0, 32], 2, 3), 64, "file");

        var (factor, scales, _) = matrix.ToRightHandMatrix();
        Assert.Equal([3L, 2], factor.Shape);
        Assert.Equal(new sbyte[] { 16, -64, 32, 0, 64, 32 }, MemoryMarshal.Cast<byte, sbyte>(factor.Bytes).ToArray());
        Assert.Equal([2L], scales.Shape);
        Assert.Equal([4f / 64, 1], MemoryMarshal.Cast<byte, float>(scales.Bytes).ToArray());

        var (table, rowScales, _) = matrix.ToTable();
        Assert.Equal([2L, 3], table.Shape);
        Assert.Equal(new sbyte[] { 16, 32, 64, -64, 0, 32 }, MemoryMarshal.Cast<byte, sbyte>(table.Bytes).ToArray());
        Assert.Equal([2L, 1], rowScales.Shape);
    }

    [Fact]
    public void A_row_of_zeros_stays_zero() =>
        Assert.All(QuantizedMatrix.From(Tensor([0, 0, 0], 1, 3), 127, "file").Values.ToArray(), code => Assert.Equal(0, code));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_is_refused_by_row(float value)
    {
        var failure = Assert.Throws<ModelFormatException>(() => QuantizedMatrix.From(Tensor([1, 2, value, 3], 2, 2), 64, "file"));
        Assert.Contains("file: row 1 of 'w' holds a number that is not finite", failure.Message, StringComparison.Ordinal);
    }

    private static Tensor Tensor(float[] values, int rows, int columns) =>
        new("w", TensorType.Float32, [rows, columns], MemoryMarshal.AsBytes<float>(values).ToArray());
}
