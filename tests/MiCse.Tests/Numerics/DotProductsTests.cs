using CsCheck;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Numerics;

public class DotProductsTests
{
    [Fact]
    public void Are_those_of_two_plain_loops_for_every_shape() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[1, 70], Gen.Long).Sample((rowCount, columnCount, dimensions, seed) =>
        {
            var (rows, columns) = (Rows.Random(rowCount, dimensions, seed), Rows.Random(columnCount, dimensions, seed + 1));
            var products = new float[rowCount * columnCount];

            DotProducts.Compute(rows.Values, columns.Values, dimensions, products);

            for (var row = 0; row < rowCount; row++)
            {
                for (var column = 0; column < columnCount; column++)
                {
                    Assert.Equal(Similarity.Dot(rows[row], columns[column]), products[(row * columnCount) + column], 1e-5);
                }
            }
        }, iter: 300);

    [Fact]
    public void Have_the_same_bits_wherever_they_stand()
    {
        var (rows, columns) = (Rows.Random(23, 53, 1), Rows.Random(7, 53, 2));
        var (together, swapped) = (new float[23 * 7], new float[23 * 7]);
        DotProducts.Compute(rows.Values, columns.Values, 53, together);
        DotProducts.Compute(columns.Values, rows.Values, 53, swapped);
        var alone = new float[1];
        for (var row = 0; row < 23; row++)
        {
            for (var column = 0; column < 7; column++)
            {
                DotProducts.Compute(rows[row], columns[column], 53, alone);
                Assert.Equal(alone[0], together[(row * 7) + column]);
                Assert.Equal(alone[0], swapped[(column * 23) + row]);
            }
        }
    }
}
