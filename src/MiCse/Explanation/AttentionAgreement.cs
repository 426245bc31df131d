using MiCse.Inference.Layers;

namespace MiCse.Explanation;

/// <summary>
/// How alike each attention head looks at two texts of equally many tokens, position by position. With ρ the Pearson correlation of the logarithms of its two
/// attention maps over the positions that are above zero in both, a head's mutual information is that of a bivariate normal (miCSE, arXiv 2211.04928):
/// <c>I = -1/2 · ln(1 - ρ²)</c>, in nats: 0 when knowing one map says nothing of the other, at most 13.8, when they are the same.
/// </summary>
internal static class AttentionAgreement
{
    private const double SmallestUnexplainedShare = 1e-12;
    private const double SmallestNorm = 1e-6;

    /// <summary>I of every head: [layers, heads]; 0 where a head has no common position. Null when the texts have different numbers of tokens.</summary>
    public static HeatMap? ByHead(AttentionMaps first, AttentionMaps second) => first.Tokens != second.Tokens
        ? null
        : new HeatMap(first.Layers, first.Heads, (layer, head) => Information(first.Map(layer, head), second.Map(layer, head)));

    private static double Information(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var (x, y) = (new List<double>(), new List<double>());
        for (var position = 0; position < first.Length; position++)
        {
            if (first[position] > 0 && second[position] > 0)
            {
                x.Add(Math.Log(first[position]));
                y.Add(Math.Log(second[position]));
            }
        }

        if (x.Count == 0)
        {
            return 0;
        }

        var (meanX, meanY) = (x.Average(), y.Average());
        var product = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        var correlation = product / (Norm(x, meanX) * Norm(y, meanY));
        return -0.5 * Math.Log(Math.Max(SmallestUnexplainedShare, 1 - (correlation * correlation)));
    }

    private static double Norm(List<double> values, double mean) => Math.Max(SmallestNorm, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean))));
}
