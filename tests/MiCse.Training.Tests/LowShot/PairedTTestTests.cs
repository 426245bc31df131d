using CsCheck;
using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

public class PairedTTestTests
{
    [Fact]
    public void By_hand()
    {
        // Differences 1, 2, 3: mean 2, deviation 1, so t = 2 √3 with 2 degrees of freedom, where p = 1 - t / √(t² + 2) = 1 - √(12 / 14).
        var test = PairedTTest.Of([2, 4, 6], [1, 2, 3]);

        Assert.Equal(3, test.Differences.Count);
        Assert.Equal(2, test.Differences.Mean, 15);
        Assert.Equal(1, test.Differences.StandardDeviation!.Value, 15);
        Assert.Equal(2 * Math.Sqrt(3), test.T!.Value, 14);
        Assert.Equal(1 - Math.Sqrt(12.0 / 14), test.PValue!.Value, 14);
    }

    [Fact]
    public void Students_sleep_data()
    {
        // The example of Student (1908), as R's t.test(extra ~ group, paired = TRUE) prints it: t = -4.0621, df = 9, p-value = 0.002833.
        var test = PairedTTest.Of([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);

        Assert.Equal(-1.58, test.Differences.Mean, 12);
        Assert.Equal(-4.0621, test.T!.Value, 4);
        Assert.Equal(0.002833, test.PValue!.Value, 6);
    }

    // The columns of the tables: the t that 5 % and 1 % lie beyond.
    [Theory]
    [InlineData(1, 12.706205, 0.05)]
    [InlineData(1, 63.656741, 0.01)]
    [InlineData(2, 4.302653, 0.05)]
    [InlineData(3, 3.182446, 0.05)]
    [InlineData(4, 2.776445, 0.05)]
    [InlineData(4, 4.604095, 0.01)]
    [InlineData(5, 2.570582, 0.05)]
    [InlineData(9, 3.249836, 0.01)]
    [InlineData(30, 2.042272, 0.05)]
    [InlineData(4, 0, 1)]
    public void Two_sided_p_of_the_tables(int degreesOfFreedom, double t, double p)
    {
        Assert.Equal(p, PairedTTest.TwoSided(t, degreesOfFreedom), 6);
        Assert.Equal(p, PairedTTest.TwoSided(-t, degreesOfFreedom), 6);
    }

    [Fact]
    public void P_is_the_area_under_the_density() =>
        Gen.Select(Gen.Int[1, 12], Gen.Double[0, 8]).Sample((degreesOfFreedom, t) =>
            Assert.Equal(1 - 2 * AreaFromZero(t, degreesOfFreedom), PairedTTest.TwoSided(t, degreesOfFreedom), 1e-9), iter: 200);

    [Fact]
    public void One_pair_has_a_difference_and_no_test() =>
        Assert.Equal(new PairedTTest(new SeedStatistics(1, 0.5, null), null, null), PairedTTest.Of([1.5], [1]));

    [Fact]
    public void Equal_values_have_no_t()
    {
        var test = PairedTTest.Of([1, 2, 3], [1, 2, 3]);

        Assert.Equal(0, test.Differences.Mean);
        Assert.Equal(double.NaN, test.T);
        Assert.Equal(double.NaN, test.PValue);
    }

    [Fact]
    public void The_same_difference_everywhere_is_no_chance()
    {
        var test = PairedTTest.Of([2, 3, 4], [1, 2, 3]);

        Assert.Equal(double.PositiveInfinity, test.T);
        Assert.Equal(0, test.PValue!.Value, 12);
    }

    [Fact]
    public void Pairs_need_two_sides() => Assert.Throws<ArgumentException>(() => PairedTTest.Of([1, 2], [1]));

    // Simpson's rule over Student's density.
    private static double AreaFromZero(double t, int degreesOfFreedom)
    {
        const int Steps = 2_000;
        // Γ((ν + 1) / 2) / (√(ν π) Γ(ν / 2)), by its recursion from ν = 1 and ν = 2.
        var scale = degreesOfFreedom % 2 == 1 ? 1 / Math.PI : 1 / Math.Sqrt(8);
        for (var v = degreesOfFreedom % 2 == 1 ? 3 : 4; v <= degreesOfFreedom; v += 2)
        {
            scale *= (v - 1.0) / (v - 2) * Math.Sqrt((v - 2.0) / v);
        }

        var width = t / Steps;
        return width / 3 * Enumerable.Range(0, Steps + 1).Sum(i => (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Density(i * width));

        double Density(double x) => scale * Math.Pow(1 + x * x / degreesOfFreedom, -(degreesOfFreedom + 1) / 2.0);
    }
}
