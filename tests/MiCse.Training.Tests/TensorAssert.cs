using static TorchSharp.torch;

namespace MiCse.Training.Tests;

/// <summary>Comparisons of tensors, in float64.</summary>
internal static class TensorAssert
{
    /// <summary>Every element differs by at most the tolerance.</summary>
    public static void Near(Tensor expected, Tensor actual, double tolerance, string what = "tensor")
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = LargestDifference(expected, actual);
        Assert.True(difference <= tolerance, $"{what}: differs by {difference:g3}, allowed are {tolerance:g3}");
    }

    /// <summary>Every element differs by at most the tolerance times the largest expected absolute value.</summary>
    public static void NearLargest(Tensor expected, Tensor actual, double relativeTolerance, string what = "tensor") =>
        Near(expected, actual, relativeTolerance * expected.to(ScalarType.Float64).abs().max().item<double>(), what);

    public static void Near(double expected, double actual, double relative, double absolute = 0, string what = "value") =>
        Assert.True(
            Math.Abs(expected - actual) <= absolute + (relative * Math.Abs(expected)),
            $"{what}: expected {expected:r}, is {actual:r}");

    public static double LargestDifference(Tensor expected, Tensor actual) =>
        expected.numel() == 0 ? 0 : (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>();
}
