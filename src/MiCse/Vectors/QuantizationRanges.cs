using System.Numerics.Tensors;

namespace MiCse.Vectors;

/// <summary>
/// The smallest and the largest value of each dimension, between which <see cref="EmbeddingType.Int8"/> and <see cref="EmbeddingType.UInt8"/> have their levels. Embeddings that are to be
/// compared must have the same ranges. They come from a calibration set: many embeddings, a few hundred at least, of texts like those that are encoded.
/// </summary>
public sealed class QuantizationRanges
{
    private readonly float[] _minima;
    private readonly float[] _maxima;

    internal QuantizationRanges(int dimensions)
    {
        (_minima, _maxima) = (new float[dimensions], new float[dimensions]);
        Array.Fill(_minima, float.PositiveInfinity);
        Array.Fill(_maxima, float.NegativeInfinity);
    }

    /// <summary>The smallest value of each dimension.</summary>
    public ReadOnlySpan<float> Minima => _minima;

    /// <summary>The largest value of each dimension.</summary>
    public ReadOnlySpan<float> Maxima => _maxima;

    /// <summary>The ranges of a calibration set.</summary>
    /// <param name="calibration">At least one embedding.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static QuantizationRanges Of(EmbeddingMatrix calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        if (calibration.Count == 0)
        {
            throw new ArgumentException("Ranges need at least one embedding.", nameof(calibration));
        }

        var ranges = new QuantizationRanges(calibration.Dimensions);
        for (var row = 0; row < calibration.Count; row++)
        {
            ranges.Include(calibration[row]);
        }

        return ranges;
    }

    /// <summary>Widens the ranges so that an embedding lies in them.</summary>
    internal void Include(ReadOnlySpan<float> embedding)
    {
        TensorPrimitives.Min(_minima, embedding, _minima);
        TensorPrimitives.Max(_maxima, embedding, _maxima);
    }
}
