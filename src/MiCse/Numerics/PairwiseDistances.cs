using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using MiCse.Vectors;

namespace MiCse.Numerics;

/// <summary>
/// Distances of many rows with many others. A distance has the same bits wherever the two rows stand, and whichever of them comes first.
/// </summary>
internal static class PairwiseDistances
{
    /// <summary>What <see cref="Compute"/> takes: for cosines a copy of the rows scaled to length 1, else the rows themselves.</summary>
    /// <exception cref="ArgumentException">A row holds NaN or an infinite number; the message says which.</exception>
    public static EmbeddingMatrix Prepare(EmbeddingMatrix embeddings, DistanceMetric metric)
    {
        // Scaling checks the rows, too.
        var unit = UnitRows.Of(embeddings);
        return metric == DistanceMetric.Cosine ? unit : embeddings;
    }

    /// <summary>Computes all distances.</summary>
    /// <param name="rows">Shape [rows, dimensions].</param>
    /// <param name="others">Shape [others, dimensions].</param>
    /// <param name="dimensions">Length of a row.</param>
    /// <param name="metric">The distance.</param>
    /// <param name="distances">Shape [rows, others]; may be longer.</param>
    public static void Compute(ReadOnlySpan<float> rows, ReadOnlySpan<float> others, int dimensions, DistanceMetric metric, Span<float> distances)
    {
        distances = distances[..(rows.Length / dimensions * (others.Length / dimensions))];
        if (metric == DistanceMetric.Euclidean)
        {
            Euclidean(rows, others, dimensions, distances);
            return;
        }

        DotProducts.Compute(rows, others, dimensions, distances);
        foreach (ref var distance in distances)
        {
            distance = Math.Max(0, 1 - distance);
        }
    }

    /// <summary>Squares of differences, added up dimension by dimension: no digits are lost between rows that are near each other and far from 0.</summary>
    private static void Euclidean(ReadOnlySpan<float> rows, ReadOnlySpan<float> others, int dimensions, Span<float> distances)
    {
        var count = others.Length / dimensions;
        var columns = ArrayPool<float>.Shared.Rent(others.Length);
        for (var other = 0; other < count; other++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                columns[i * count + other] = others[other * dimensions + i];
            }
        }

        distances.Clear();
        for (var row = 0; row < rows.Length / dimensions; row++)
        {
            var sums = distances.Slice(row * count, count);
            for (var i = 0; i < dimensions; i++)
            {
                AddSquares(rows[row * dimensions + i], columns.AsSpan(i * count, count), sums);
            }

            foreach (ref var sum in sums)
            {
                sum = MathF.Sqrt(sum);
            }
        }

        ArrayPool<float>.Shared.Return(columns);
    }

    private static void AddSquares(float value, ReadOnlySpan<float> column, Span<float> sums)
    {
        var values = new Vector<float>(value);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(column);
        var targets = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (var i = 0; i < vectors.Length; i++)
        {
            var difference = vectors[i] - values;
            targets[i] += difference * difference;
        }

        for (var i = vectors.Length * Vector<float>.Count; i < column.Length; i++)
        {
            var difference = column[i] - value;
            sums[i] += difference * difference;
        }
    }
}
