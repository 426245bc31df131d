namespace MiCse.Vectors;

/// <summary>How similar two embeddings are. Products are summed in double precision, so the order of the terms does not show.</summary>
public static class Similarity
{
    /// <summary>The similarity of two vectors by a measure, more for more similar ones: distances are negated, as sentence-transformers has it.</summary>
    /// <param name="measure">What to compare with.</param>
    /// <param name="first">A vector.</param>
    /// <param name="second">Another one.</param>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static double Of(SimilarityMeasure measure, ReadOnlySpan<float> first, ReadOnlySpan<float> second) => measure switch
    {
        SimilarityMeasure.Cosine => Cosine(first, second),
        SimilarityMeasure.DotProduct => Dot(first, second),
        SimilarityMeasure.Euclidean => -Math.Sqrt(SumOfDifferences(first, second, static difference => difference * difference)),
        SimilarityMeasure.Manhattan => -SumOfDifferences(first, second, Math.Abs),
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "Not a measure."),
    };

    /// <summary>Cosine of the angle between two vectors, -1..1; 0 when one of them is zero, since it points nowhere.</summary>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static double Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var product = Dot(first, second);
        var norms = Math.Sqrt(Dot(first, first)) * Math.Sqrt(Dot(second, second));
        // Rounding may exceed 1 by an ulp; NaN stays NaN.
        return norms == 0 ? 0 : Math.Clamp(product / norms, -1, 1);
    }

    /// <summary>Dot product.</summary>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static double Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        RequireSameLength(first, second);
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += (double)first[i] * second[i];
        }

        return sum;
    }

    private static double SumOfDifferences(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Func<double, double> term)
    {
        RequireSameLength(first, second);
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += term((double)first[i] - second[i]);
        }

        return sum;
    }

    private static void RequireSameLength(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"A vector of {second.Length} dimensions cannot be compared with one of {first.Length}.", nameof(second));
        }
    }
}
