using System.Globalization;
using System.Numerics.Tensors;

namespace MiCse.Search;

/// <summary>Which vectors can be searched exactly: finite ones whose dot products neither overflow nor vanish in float32.</summary>
internal static class VectorRange
{
    private const double Shortest = 1e-15;
    private const double Longest = 1e15;

    /// <summary>The length of a vector.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="dimensions">How many dimensions it must have.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ArgumentException">It has another number of dimensions, a value that is not finite, or is out of range.</exception>
    public static double Norm(ReadOnlySpan<float> vector, int dimensions, string name)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException($"The vector of {name} has {vector.Length} dimensions, expected are {dimensions}.");
        }

        var norm = Math.Sqrt(Vectors.Similarity.Dot(vector, vector));
        if (!double.IsFinite(norm))
        {
            var at = TensorPrimitives.IndexOfMax<float>(Array.ConvertAll(vector.ToArray(), value => float.IsFinite(value) ? 0f : 1f));
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The vector of {name} has {vector[at]} at position {at}; all values must be finite."));
        }

        return norm is 0 or (>= Shortest and <= Longest)
            ? norm
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The vector of {name} has the length {norm:0.0E+0}; expected is 0, or one from 1E-15 to 1E+15: scale the vectors."));
    }
}
