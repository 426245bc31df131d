using CsCheck;
using MiCse.Mapping;

namespace MiCse.Tests.Mapping;

public class UmapCurveTests
{
    // scipy.optimize.curve_fit, as umap-learn 0.5.3 calls it.
    [Theory]
    [InlineData(0.1, 1, 1.57694346, 0.89506088)]
    [InlineData(0, 1, 1.93280839, 0.79049497)]
    [InlineData(0.5, 1, 0.58303002, 1.33416699)]
    public void A_and_b_are_those_of_the_reference(double minDistance, double spread, double a, double b)
    {
        var curve = UmapCurve.Fit(minDistance, spread);

        Assert.Equal(a, curve.A, 1e-4);
        Assert.Equal(b, curve.B, 1e-4);
    }

    [Fact]
    public void The_curve_is_one_half_where_it_says() => Assert.Equal(0.5, new UmapCurve(0.25, 1).At(2), 15);

    [Fact]
    public void No_other_a_and_b_nearby_fit_better() => Gen.Select(Gen.Double[0, 1], Gen.Double[0.1, 20]).Sample((share, spread) =>
    {
        var curve = UmapCurve.Fit(share * spread, spread);
        var error = Error(curve, share * spread, spread);
        Assert.All(
            [curve with { A = curve.A * 1.01 }, curve with { A = curve.A * 0.99 }, curve with { B = curve.B * 1.01 }, curve with { B = curve.B * 0.99 }],
            other => Assert.True(Error(other, share * spread, spread) > error));
    }, iter: 50);

    private static double Error(UmapCurve curve, double minDistance, double spread) => Enumerable.Range(0, 300)
        .Select(sample => 3 * spread * sample / 299)
        .Sum(distance => Math.Pow(curve.At(distance) - (distance < minDistance ? 1 : Math.Exp((minDistance - distance) / spread)), 2));
}
