using MiCse.Weights;

namespace MiCse.Tests.Weights;

/// <summary>Largest products against a search through all of them.</summary>
public class LargestProductsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 37)]
    [InlineData(48, 100)]
    public void Sums_follow_every_change_of_a_factor(int rows, int columns)
    {
        var random = new Random(rows);
        float[][] Columns() => [.. Enumerable.Range(0, columns).Select(_ => Enumerable.Range(0, rows).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        var (one, other) = (Columns(), Columns());
        var factors = Enumerable.Range(0, rows).Select(_ => random.NextSingle() + 0.5f).ToArray();
        var (products, others) = (new LargestProducts(one, MathF.Abs), new LargestProducts(other, value => -value));
        products.Start(factors);
        others.Start(factors);
        for (var change = 0; change < 50; change++)
        {
            var (row, factor) = (random.Next(rows), random.NextSingle() * 2 + 0.1f);
            float[] changed = [.. factors];
            changed[row] = factor;
            var most = Array.ConvertAll(one, column => column.Zip(changed, (value, by) => MathF.Abs(value) * by).Max());
            var least = Array.ConvertAll(other, column => column.Zip(changed, (value, by) => -value * by).Max());

            Assert.Equal(most.Sum(value => (double)value * value), products.SumOfSquares(row, factor), 1e-4);
            Assert.Equal(most.Zip(least, (a, b) => (double)(a + b) * (a + b)).Sum(), LargestProducts.SumOfSquares(products, others, row, factor), 1e-4);

            if (change % 2 == 0)
            {
                factors = changed;
                products.Set(row, factor);
                others.Set(row, factor);
            }
        }
    }
}
