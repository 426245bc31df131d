namespace MiCse.Vectors;

/// <summary>Embeddings as one row-major block of floats: shape [texts, dimensions].</summary>
public sealed class EmbeddingMatrix
{
    private readonly float[] _values;

    /// <summary>An all-zero matrix.</summary>
    public EmbeddingMatrix(int count, int dimensions)
        : this(new float[(long)count * dimensions], count, dimensions)
    {
    }

    /// <summary>Wraps <paramref name="values"/> without copying.</summary>
    /// <exception cref="ArgumentException">The length is not count × dimensions.</exception>
    public EmbeddingMatrix(float[] values, int count, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        if (values.LongLength != (long)count * dimensions)
        {
            throw new ArgumentException($"{values.LongLength} values are not {count} rows of {dimensions}.", nameof(values));
        }

        _values = values;
        Count = count;
        Dimensions = dimensions;
    }

    /// <summary>Number of rows (texts).</summary>
    public int Count { get; }

    /// <summary>Length of a row.</summary>
    public int Dimensions { get; }

    /// <summary>All values, row after row.</summary>
    public Span<float> Values => _values;

    /// <summary>One row.</summary>
    public Span<float> this[int row] => _values.AsSpan(row * Dimensions, Dimensions);
}
