using CsCheck;
using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

public class HolmCorrectionTests
{
    // Holm's own procedure: 0.01 · 4, 0.013 · 3, 0.03 · 2, 0.04; none below the one before.
    [Fact]
    public void Small_values_are_multiplied_by_the_tests_that_are_left() =>
        Assert.Equal([0.06, 0.04, 0.06, 0.04], HolmCorrection.Of([0.03, 0.01, 0.04, 0.013]).Select(value => Math.Round(value!.Value, 12)));

    [Fact]
    public void Tests_without_a_value_do_not_count() =>
        Assert.Equal([null, 0.4, double.NaN, 0.8], HolmCorrection.Of([null, 0.2, double.NaN, 0.8]));

    [Fact]
    public void Nothing_gets_smaller_or_changes_places() => Gen.Double[0, 1].Array[1, 12].Sample(values =>
    {
        var corrected = HolmCorrection.Of([.. values.Select(value => (double?)value)]);

        Assert.All(values.Zip(corrected), pair => Assert.InRange(pair.Second!.Value, pair.First, 1));
        Assert.Equal(values.Index().OrderBy(pair => pair.Item).Select(pair => corrected[pair.Index]), corrected.Order());
        // Never more than Bonferroni's correction.
        Assert.All(values.Zip(corrected), pair => Assert.True(pair.Second <= Math.Min(1, pair.First * values.Length) + 1e-12 || pair.Second <= corrected.Max()));
    });
}
