using MiCse.Cli.Progress;

namespace MiCse.Tests.Cli.Progress;

public class PaceTests
{
    [Fact]
    public void Tells_count_rate_time_left_and_note() =>
        Assert.Equal(
            "1,000 of 5,000 texts, 100 texts/s, 0:40 left, loss 0.5",
            Pace.Describe(new WorkProgress(1000, 5000, "loss 0.5"), TimeSpan.FromSeconds(10), "texts"));

    [Fact]
    public void Tells_no_time_left_when_the_total_is_unknown() =>
        Assert.Equal("5 texts, 0.50 texts/s", Pace.Describe(new WorkProgress(5), TimeSpan.FromSeconds(10), "texts"));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(10.2, "0:11")]
    [InlineData(725, "12:05")]
    [InlineData(10800, "3:00:00")]
    public void Writes_times_as_clocks(double seconds, string clock) => Assert.Equal(clock, Pace.Clock(TimeSpan.FromSeconds(seconds)));
}
