using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Optimization;

public class LinearScheduleTests
{
    [Fact]
    public void Rates_are_the_references()
    {
        foreach (var json in GoldenTensors.Json("training", "optimizer.json").GetProperty("linear_schedule").EnumerateArray())
        {
            var schedule = new LinearSchedule(
                json.GetProperty("base_lr").GetDouble(), json.GetProperty("total").GetInt32(), json.GetProperty("warmup").GetInt32());
            var rates = json.GetProperty("lr_used_at_step").EnumerateArray().Select(rate => rate.GetDouble()).ToArray();
            Assert.Equal(rates, rates.Select((_, step) => schedule.At(step)), (expected, actual) => Math.Abs(expected - actual) < 1e-15);
        }
    }
}
