namespace MiCse.Training.LowShot;

/// <summary>
/// p values of several tests, corrected so that the chance of even one false alarm among them stays what it says (Holm, 1979): the i-th smallest of m is multiplied by
/// m - i + 1, and none is smaller than the one before.
/// </summary>
internal static class HolmCorrection
{
    /// <summary>The corrected values, in the order of the given ones, at most 1. Tests without a p value stay without and do not count.</summary>
    public static IReadOnlyList<double?> Of(IReadOnlyList<double?> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).Where(index => values[index] is { } value && !double.IsNaN(value)).OrderBy(index => values[index])];
        var corrected = values.ToArray();
        var largest = 0.0;
        foreach (var (rank, index) in order.Index())
        {
            largest = Math.Max(largest, Math.Min(1, values[index]!.Value * (order.Length - rank)));
            corrected[index] = largest;
        }

        return corrected;
    }
}
