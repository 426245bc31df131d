using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiCse.Numerics;

/// <summary>x · sigmoid(x), and what is computed by it.</summary>
internal static unsafe class Silu
{
    private const float RootOf2OverPi = 0.7978845608028654f;
    private const float Cubic = 0.044715f;

    /// <summary>Replaces every value by its SiLU: "silu" of a config.json.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<float> values)
    {
        var index = 0;
        fixed (float* numbers = values)
        {
            for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                var x = Vector.Load(numbers + index);
                TimesSigmoid(x, x).Store(numbers + index);
            }
        }

        for (; index < values.Length; index++)
        {
            var x = new Vector<float>(values[index]);
            values[index] = TimesSigmoid(x, x)[0];
        }
    }

    /// <summary>Replaces every value by x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), which is x times a sigmoid: "gelu_new" of a config.json.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyTanhGelu(Span<float> values)
    {
        var index = 0;
        fixed (float* numbers = values)
        {
            for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                var x = Vector.Load(numbers + index);
                TimesSigmoid(x, TwiceOfTanhArgument(x)).Store(numbers + index);
            }
        }

        for (; index < values.Length; index++)
        {
            var x = new Vector<float>(values[index]);
            values[index] = TimesSigmoid(x, TwiceOfTanhArgument(x))[0];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> TwiceOfTanhArgument(Vector<float> x) =>
        Vector.MultiplyAddEstimate(x * x * x, new Vector<float>(2 * RootOf2OverPi * Cubic), x * new Vector<float>(2 * RootOf2OverPi));

    /// <summary>factor · sigmoid(x), from e^-|x|, which does not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> TimesSigmoid(Vector<float> factor, Vector<float> x)
    {
        var power = Softmax.Exp(-Vector.Abs(x));
        var numerator = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), power, Vector<float>.One);
        return factor * numerator / (Vector<float>.One + power);
    }
}
