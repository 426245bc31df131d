using System.Numerics.Tensors;

namespace MiCse.Search;

/// <summary>The direction of a vector in bytes, with the distance that rounding left: what int8 cannot tell is known exactly.</summary>
/// <param name="Step">What one unit of a code is worth.</param>
/// <param name="Distance">Length of (direction - step × codes), rounded up.</param>
internal readonly record struct DirectionCode(float Step, float Distance)
{
    /// <summary>Codes a vector.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="norm">Its length.</param>
    /// <param name="codes">Gets a code for each of its numbers, -127..127.</param>
    public static DirectionCode Write(ReadOnlySpan<float> vector, double norm, Span<sbyte> codes)
    {
        codes.Clear();
        var largest = norm == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(vector)) / norm;
        if (largest == 0)
        {
            return default;
        }

        var step = (float)(largest / 127);
        var squares = 0.0;
        for (var i = 0; i < vector.Length; i++)
        {
            var value = vector[i] / norm;
            codes[i] = (sbyte)Math.Clamp(Math.Round(value / step), -127, 127);
            var rest = value - (double)step * codes[i];
            squares += rest * rest;
        }

        return new DirectionCode(step, MathF.BitIncrement((float)Math.Sqrt(squares)));
    }
}
