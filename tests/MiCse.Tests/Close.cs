namespace MiCse.Tests;

/// <summary>Comparison of vectors to an absolute tolerance; says how far and where they differ.</summary>
internal static class Close
{
    public static void Assert(IEnumerable<float> expected, IEnumerable<float> actual, double tolerance) =>
        Assert(expected.Select(x => (double)x), actual.Select(x => (double)x), tolerance);

    public static void Assert(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance)
    {
        var (first, second) = (expected.ToArray(), actual.ToArray());
        Xunit.Assert.Equal(first.Length, second.Length);
        for (var i = 0; i < first.Length; i++)
        {
            Xunit.Assert.True(
                Math.Abs(first[i] - second[i]) <= tolerance, $"[{i}] expected {first[i]:R}, found {second[i]:R}, more than {tolerance} apart");
        }
    }
}
