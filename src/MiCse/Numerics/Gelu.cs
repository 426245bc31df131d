using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiCse.Numerics;

/// <summary>x · Φ(x), Φ being the distribution function of the normal distribution: "gelu" of a config.json.</summary>
internal static unsafe class Gelu
{
    private static readonly float InverseRootOf2 = 1 / MathF.Sqrt(2);

    /// <summary>Replaces every value by its GELU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<float> values)
    {
        var index = 0;
        fixed (float* numbers = values)
        {
            for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                Of(Vector.Load(numbers + index)).Store(numbers + index);
            }
        }

        for (; index < values.Length; index++)
        {
            values[index] = Of(new Vector<float>(values[index]))[0];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Of(Vector<float> x)
    {
        var half = x * 0.5f;
        return Vector.MultiplyAddEstimate(half, Erf(x * InverseRootOf2), half);
    }

    /// <summary>The error function as a quotient of polynomials in x², with the coefficients that Eigen publishes for float32; beyond ±4 it is ±1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Erf(Vector<float> x)
    {
        var limited = Vector.Min(Vector.Max(x, new Vector<float>(-4)), new Vector<float>(4));
        var square = limited * limited;
        var numerator = Next(new Vector<float>(-2.72614225801306e-10f), square, 2.77068142495902e-08f);
        numerator = Next(numerator, square, -2.10102402082508e-06f);
        numerator = Next(numerator, square, -5.69250639462346e-05f);
        numerator = Next(numerator, square, -7.34990630326855e-04f);
        numerator = Next(numerator, square, -2.95459980854025e-03f);
        numerator = Next(numerator, square, -1.60960333262415e-02f);
        var denominator = Next(new Vector<float>(-1.45660718464996e-05f), square, -2.13374055278905e-04f);
        denominator = Next(denominator, square, -1.68282697438203e-03f);
        denominator = Next(denominator, square, -7.37332916720468e-03f);
        denominator = Next(denominator, square, -1.42647390514189e-02f);
        return limited * numerator / denominator;
    }

    /// <summary>A step of Horner's rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Next(Vector<float> value, Vector<float> x, float coefficient) =>
        Vector.MultiplyAddEstimate(value, x, new Vector<float>(coefficient));
}
