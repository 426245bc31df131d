using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiCse.Numerics;

/// <summary>The exponential function of float32 vectors, and what attention needs of it.</summary>
internal static class Softmax
{
    private const float LeastArgument = -87; // e^x is then still a normal number
    private const float Rounder = 1.5f * (1 << 23);
    private const int ExponentBits = 23;

    // ln 2 in two parts, of which the first has so few digits that a product with a whole number is exact.
    private const float LargePartOfLog2 = 0.693359375f;
    private const float SmallPartOfLog2 = (float)(0.69314718055994530942 - LargePartOfLog2);

    /// <summary>
    /// Replaces scores by exp(scale · (score − largest)), those that the mask hides by 0; all, if it hides all.
    /// </summary>
    /// <returns>Their sum: divided by it they are probabilities.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Unscaled(Span<float> scores, float scale, ReadOnlySpan<int> mask)
    {
        for (var index = 0; index < mask.Length; index++)
        {
            if (mask[index] == 0)
            {
                scores[index] = float.NegativeInfinity;
            }
        }

        var most = Max(scores);
        if (float.IsNegativeInfinity(most))
        {
            // The mask hides all of them.
            scores.Clear();
            return 1;
        }

        var i = 0;
        for (; i <= scores.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Exp((new Vector<float>(scores[i..]) - new Vector<float>(most)) * scale).CopyTo(scores[i..]);
        }

        for (; i < scores.Length; i++)
        {
            scores[i] = Exp(new Vector<float>((scores[i] - most) * scale))[0];
        }

        return TensorPrimitives.Sum(scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(ReadOnlySpan<float> values)
    {
        var (most, i) = (float.NegativeInfinity, 0);
        var lanes = new Vector<float>(most);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            lanes = Vector.Max(lanes, new Vector<float>(values[i..]));
        }

        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            most = MathF.Max(most, lanes[lane]);
        }

        for (; i < values.Length; i++)
        {
            most = MathF.Max(most, values[i]);
        }

        return most;
    }

    /// <summary>e^x for x ≤ 0, with a relative error below 3e-7; 0 where x is below −87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        // e^x = 2^n · e^r, |r| ≤ ln 2 / 2, and e^r by its Taylor series.
        var shifted = Vector.MultiplyAddEstimate(Vector.Max(x, new Vector<float>(LeastArgument)), new Vector<float>(1.44269504f), new Vector<float>(Rounder));
        var n = shifted - new Vector<float>(Rounder);
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-LargePartOfLog2), Vector.Max(x, new Vector<float>(LeastArgument)));
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(-SmallPartOfLog2), r);
        var series = new Vector<float>(1f / 720);
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(1f / 120));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(1f / 24));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(1f / 6));
        series = Vector.MultiplyAddEstimate(series, r, new Vector<float>(0.5f));
        series = Vector.MultiplyAddEstimate(series, r, Vector<float>.One);
        series = Vector.MultiplyAddEstimate(series, r, Vector<float>.One);
        var result = Vector.AsVectorSingle(Vector.AsVectorInt32(series) + (Vector.AsVectorInt32(shifted) << ExponentBits));
        return Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(LeastArgument)), Vector<float>.Zero, result);
    }
}
