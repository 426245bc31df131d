using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

public class NormalNumbersTests
{
    [Fact]
    public void The_logarithm_is_that_of_the_library_to_the_last_bits()
    {
        for (var value = 1e-9; value < 1; value *= 1.0137)
        {
            Assert.Equal(Math.Log(value), NormalNumbers.Logarithm(value), 4e-15 * Math.Max(1, Math.Abs(Math.Log(value))));
        }
    }

    [Fact]
    public void The_numbers_are_normally_distributed()
    {
        var numbers = new NormalNumbers(1, "test");
        var sample = Enumerable.Range(0, 200_000).Select(_ => numbers.Next()).ToArray();
        Assert.Equal(0, sample.Average(), 0.01);
        Assert.Equal(1, sample.Average(x => x * x), 0.02);
        Assert.Equal(0, sample.Average(x => x * x * x), 0.05);
        Assert.Equal(3, sample.Average(x => x * x * x * x), 0.1);
        Assert.Equal(0.6827, sample.Average(x => Math.Abs(x) < 1 ? 1.0 : 0), 0.005);
        Assert.Equal(0, sample.Zip(sample.Skip(1), (x, y) => x * y).Average(), 0.01);
    }

    [Fact]
    public void The_same_seed_and_name_give_the_same_bits_and_others_do_not()
    {
        Assert.Equal(First(7, "a"), First(7, "a"));
        Assert.NotEqual(First(7, "a"), First(8, "a"));
        Assert.NotEqual(First(7, "a"), First(7, "b"));
    }

    private static double[] First(long seed, string name)
    {
        var numbers = new NormalNumbers(seed, name);
        return [numbers.Next(), numbers.Next(), numbers.Next()];
    }
}
