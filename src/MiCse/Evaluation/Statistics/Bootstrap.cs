namespace MiCse.Evaluation.Statistics;

/// <summary>
/// The bootstrap (Efron 1979): how much a figure changes when the pairs or examples are drawn again from themselves, with replacement.
/// </summary>
internal static class Bootstrap
{
    /// <summary>The figures over samples; several figures see the same samples, which makes their differences paired.</summary>
    /// <param name="size">How many there are to draw from, and how many are drawn.</param>
    /// <param name="samples">How many times.</param>
    /// <param name="seed">Where the random sequence starts.</param>
    /// <param name="scores">The figures.</param>
    /// <returns>For each figure its value on every sample.</returns>
    public static double[][] Run(int size, int samples, long seed, params Func<ReadOnlySpan<int>, double>[] scores)
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        var sample = new int[size];
        var values = Array.ConvertAll(scores, _ => new double[samples]);
        for (var i = 0; i < samples; i++)
        {
            for (var j = 0; j < size; j++)
            {
                sample[j] = random.Next(size);
            }

            for (var k = 0; k < scores.Length; k++)
            {
                values[k][i] = scores[k](sample);
            }
        }

        return values;
    }
}
