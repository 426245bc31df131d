using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

public sealed class CrossProductsTests
{
    private static readonly Team s_team = new(1, CancellationToken.None);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 255, 2)]
    [InlineData(5, 256, 1)]
    [InlineData(250, 257, 3)]
    [InlineData(500, 600, 2)]
    public void The_mean_is_that_of_a_plain_sum(int width, int count, int threads)
    {
        var random = new Random(width + count);
        float[][] rows = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => (random.NextSingle() * 4) - 1).ToArray())];
        var products = new CrossProducts(width);
        foreach (var row in rows)
        {
            products.Add(row, new Team(threads, TestContext.Current.CancellationToken));
        }

        var mean = products.Mean();

        Assert.Equal(Enumerable.Range(1, width), mean.Select(line => line.Length));
        for (var line = 0; line < width; line++)
        {
            for (var column = 0; column <= line; column++)
            {
                Assert.Equal(rows.Average(row => (double)row[line] * row[column]), mean[line][column], 1e-5);
            }
        }
    }

    [Fact]
    public void Rows_may_follow_when_the_mean_was_looked_at()
    {
        var products = new CrossProducts(2);
        products.Add([1, 2], s_team);
        Assert.Equal([[1.0], [2, 4]], products.Mean());

        products.Add([3, 0], s_team);

        Assert.Equal([[5.0], [1, 2]], products.Mean());
    }

    [Fact]
    public void It_does_not_depend_on_the_number_of_threads()
    {
        var random = new Random(1);
        var (one, many) = (new CrossProducts(700), new CrossProducts(700));
        for (var row = 0; row < 300; row++)
        {
            float[] values = [.. Enumerable.Range(0, 700).Select(_ => random.NextSingle())];
            one.Add(values, s_team);
            many.Add(values, new Team(3, CancellationToken.None));
        }

        Assert.Equal(one.Mean(), many.Mean());
    }

    [Fact]
    public void Without_rows_the_mean_is_zero() => Assert.Equal([[0.0], [0, 0]], new CrossProducts(2).Mean());
}
