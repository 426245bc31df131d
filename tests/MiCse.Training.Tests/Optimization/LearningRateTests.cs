using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Optimization;

public class LearningRateTests
{
    [Fact]
    public void Rates_are_the_references()
    {
        foreach (var json in GoldenTensors.Json("training", "optimizer.json").GetProperty("linear_schedule").EnumerateArray())
        {
            var schedule = new LearningRate(
                json.GetProperty("base_lr").GetDouble(), json.GetProperty("total").GetInt32(), json.GetProperty("warmup").GetInt32());
            var rates = json.GetProperty("lr_used_at_step").EnumerateArray().Select(rate => rate.GetDouble()).ToArray();
            Assert.Equal(rates, rates.Select((_, step) => schedule.At(step)), (expected, actual) => Math.Abs(expected - actual) < 1e-15);
        }
    }

    [Theory]
    [InlineData(LearningRateSchedule.Linear, new[] { 0, 0.5, 1, 0.75, 0.5, 0.25, 0 })]
    [InlineData(LearningRateSchedule.Cosine, new[] { 0, 0.5, 1, 0.853553390593274, 0.5, 0.146446609406726, 0 })]
    [InlineData(LearningRateSchedule.Constant, new[] { 0, 0.5, 1, 1, 1, 1, 1 })]
    public void Every_schedule_rises_first_and_then_goes_its_way(LearningRateSchedule schedule, double[] expected)
    {
        var rate = new LearningRate(2, Steps: 6, WarmupSteps: 2, schedule);

        Assert.Equal(expected, expected.Select((_, step) => rate.At(step) / 2), (first, second) => Math.Abs(first - second) < 1e-14);
    }
}
