using System.Numerics.Tensors;

namespace MiCse.Search.Scan;

/// <summary>The direction of a vector quantized to int8, with the distance that rounding left: what int8 cannot tell is known exactly.</summary>
/// <param name="Step">What one level of a quantized value is worth.</param>
/// <param name="Distance">Length of (direction - step × quantized values), rounded up.</param>
internal readonly record struct QuantizedDirection(float Step, float Distance)
{
    private const int Levels = 127;

    /// <summary>Quantizes a vector's direction.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="norm">Its length.</param>
    /// <param name="quantized">Receives a value for each dimension, -127..127.</param>
    public static QuantizedDirection Of(ReadOnlySpan<float> vector, double norm, Span<sbyte> quantized)
    {
        quantized.Clear();
        var largest = norm == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(vector)) / norm;
        if (largest == 0)
        {
            return default;
        }

        var step = (float)(largest / Levels);
        var squares = 0.0;
        for (var i = 0; i < vector.Length; i++)
        {
            var value = vector[i] / norm;
            quantized[i] = (sbyte)Math.Clamp(Math.Round(value / step), -Levels, Levels);
            var rest = value - (double)step * quantized[i];
            squares += rest * rest;
        }

        return new QuantizedDirection(step, MathF.BitIncrement((float)Math.Sqrt(squares)));
    }
}
