using System.Runtime.InteropServices;
using MiCse.Vectors;

namespace MiCse.Verification;

/// <summary>Compares embeddings of the same texts that were computed in two ways.</summary>
internal static class EmbeddingComparison
{
    /// <summary>Demands the same bytes.</summary>
    /// <exception cref="ArgumentException">The matrices have other sizes.</exception>
    public static VerificationCheck SameBytes(string name, EmbeddingMatrix expected, EmbeddingMatrix found)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        var same = MemoryMarshal.AsBytes(expected.Values).SequenceEqual(MemoryMarshal.AsBytes(found.Values));
        return Compare(name, expected, found, (_, _) => same, "the same bytes");
    }

    /// <summary>Demands that no number differs by more than <paramref name="tolerance"/>.</summary>
    /// <exception cref="ArgumentException">The matrices have other sizes.</exception>
    public static VerificationCheck Near(string name, EmbeddingMatrix expected, EmbeddingMatrix found, double tolerance) =>
        Compare(name, expected, found, (difference, _) => difference <= tolerance, FormattableString.Invariant($"differences up to {tolerance}"));

    /// <summary>Demands a mean cosine of at least <paramref name="minimum"/>.</summary>
    /// <exception cref="ArgumentException">The matrices have other sizes.</exception>
    public static VerificationCheck Alike(string name, EmbeddingMatrix expected, EmbeddingMatrix found, double minimum) =>
        Compare(name, expected, found, (_, cosine) => cosine >= minimum, FormattableString.Invariant($"a mean cosine of {minimum}"));

    private static VerificationCheck Compare(
        string name, EmbeddingMatrix expected, EmbeddingMatrix found, Func<double, double, bool> isOk, string demand)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        if ((expected.Count, expected.Dimensions) != (found.Count, found.Dimensions))
        {
            throw new ArgumentException(
                $"{name}: {expected.Count} embeddings of {expected.Dimensions} numbers cannot be compared with {found.Count} of {found.Dimensions}.", nameof(found));
        }

        var difference = 0.0;
        var (sum, worst) = (0.0, 1.0);
        for (var row = 0; row < expected.Count; row++)
        {
            for (var i = 0; i < expected.Dimensions; i++)
            {
                var distance = Math.Abs((double)expected[row][i] - found[row][i]);
                // NaN compares as neither larger nor smaller, and must not pass.
                difference = double.IsNaN(distance) ? double.PositiveInfinity : Math.Max(difference, distance);
            }

            var cosine = Similarity.Cosine(expected[row], found[row]);
            sum += cosine;
            worst = Math.Min(worst, cosine);
        }

        var mean = expected.Count == 0 ? 1 : sum / expected.Count;
        return new VerificationCheck(name, difference, mean, worst, isOk(difference, mean), demand);
    }
}
