using MiCse.Evaluation.Statistics;

namespace MiCse.Evaluation;

/// <summary>How well similarities agree with gold scores.</summary>
/// <param name="Pairs">Pairs scored.</param>
/// <param name="Spearman">Spearman's rho, -1..1; NaN when it is not defined (fewer than two pairs, or one side constant).</param>
/// <param name="Pearson">Pearson's r, -1..1; NaN likewise.</param>
public readonly record struct StsScore(int Pairs, double Spearman, double Pearson)
{
    internal static StsScore Of(ReadOnlySpan<double> similarities, ReadOnlySpan<double> gold) => new(
        gold.Length,
        Correlation.Spearman(similarities, gold),
        gold.Length < 2 ? double.NaN : Correlation.Pearson(similarities, gold));
}
