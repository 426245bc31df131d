namespace MiCse.Models;

/// <summary>
/// A learned number per head for each bucket of distances, which is added to the scaled attention score; one table [rows, heads] for all layers (Raffel et al. 2020).
/// </summary>
/// <param name="Buckets">How many, for both directions together.</param>
/// <param name="MaxDistance">From which distance on there is one bucket.</param>
internal sealed record RelativeBias(int Buckets, int MaxDistance)
{
    /// <summary>32 buckets, which meet at 128.</summary>
    public static RelativeBias Default { get; } = new(32, 128);

    /// <summary>Rows of the table, of which those beyond the buckets are not read.</summary>
    public int TableRows { get; init; } = Buckets;

    /// <summary>The row of the table for a pair of tokens. One half of the buckets is for keys after the query; in each half the first half has a bucket a distance, the rest grow by a factor.</summary>
    /// <param name="distance">Place of the key minus place of the query, padding included.</param>
    public int Bucket(int distance)
    {
        var half = Buckets / 2;
        var exact = half / 2;
        var magnitude = Math.Abs(distance);
        // In float32, as the original computes it.
        var bucket = magnitude < exact
            ? magnitude
            : Math.Min(half - 1, exact + (int)(MathF.Log((float)magnitude / exact) / (float)Math.Log((double)MaxDistance / exact) * (half - exact)));
        return distance > 0 ? half + bucket : bucket;
    }
}
