using MiCse.Numerics;

namespace MiCse.Search.Scan;

/// <summary>
/// Compares some queries with blocks of rows, fast and with a known error: a row's exact similarity lies within the margin of its key. Keys
/// are cosines, or dot products with the query's direction.
/// </summary>
/// <param name="first">The first query.</param>
/// <param name="count">How many queries; at most <see cref="MaxQueries"/>.</param>
internal abstract class RowScorer(int first, int count)
{
    /// <summary>Queries that share a scan at most: enough for reading the rows not to matter.</summary>
    public const int MaxQueries = 64;

    /// <summary>The first query.</summary>
    public int First => first;

    /// <summary>How many queries there are.</summary>
    public int Count => count;

    /// <summary>Keys a row: 1, or a multiple of 16 of which the first <see cref="Count"/> mean something.</summary>
    public int Lanes { get; } = count == 1 ? 1 : Panels.Padded(count);

    /// <summary>The scorer for some of a request's queries.</summary>
    public static RowScorer Create(ScanRequest request, int first, int count) =>
        request.Quantized ? new Int8Scorer(request, first, count) : new Float32Scorer(request, first, count);

    /// <summary>Computes keys and margins.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="keys">Receives <see cref="Lanes"/> keys a row.</param>
    /// <param name="margins">Receives a margin for each row.</param>
    public abstract void Score(PaddedBlock block, Span<float> keys, Span<float> margins);

    /// <summary>
    /// What rounding may do to a float32 dot product of a vector and a direction, as a share of the vector's length: a unit in the last place for
    /// each term that is added one after the other (Higham, Accuracy and Stability of Numerical Algorithms, 3.1), and some for scaling.
    /// </summary>
    protected static float RoundingMargin(int terms) => (terms + 32) * MathF.ScaleB(1, -24);
}
