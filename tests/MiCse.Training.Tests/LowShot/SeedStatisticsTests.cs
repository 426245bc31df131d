using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

public class SeedStatisticsTests
{
    [Fact]
    public void Deviation_has_one_less_in_the_denominator() =>
        Assert.Equal(new SeedStatistics(4, 3, Math.Sqrt(14.0 / 3)), SeedStatistics.Of([1, 2, 3, 6]));

    [Fact]
    public void One_value_has_no_deviation() => Assert.Equal(new SeedStatistics(1, 0.5, null), SeedStatistics.Of([0.5]));

    [Fact]
    public void No_value_has_no_mean() => Assert.Throws<ArgumentException>(() => SeedStatistics.Of([]));
}
