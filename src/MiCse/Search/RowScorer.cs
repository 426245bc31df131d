using MiCse.Numerics;

namespace MiCse.Search;

/// <summary>
/// Compares some queries with blocks of rows, fast and with a known error: a row's exact similarity lies within the margin of its key. Keys
/// are cosines, or dot products with the query's direction.
/// </summary>
internal abstract class RowScorer
{
    /// <summary>Keys a row: 1, or <see cref="DotKernel.Lanes"/> of which the first <see cref="Queries"/> mean something.</summary>
    public int Lanes => Queries == 1 ? 1 : DotKernel.Lanes;

    /// <summary>How many queries there are.</summary>
    public abstract int Queries { get; }

    /// <summary>Computes keys and margins.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="keys">Gets <see cref="Lanes"/> keys a row; has room for a multiple of <see cref="DotKernel.RowsAtOnce"/> rows.</param>
    /// <param name="margins">Gets a margin for each row.</param>
    public abstract void Score(RowBlock block, Span<float> keys, Span<float> margins);

    /// <summary>
    /// What rounding may do to a float32 product of a vector and a direction, as a share of the vector's length: twice the usual bound of n units
    /// in the last place for a sum of n terms a lane (Higham, Accuracy and Stability of Numerical Algorithms, 3.1), and some for scaling.
    /// </summary>
    public static float RoundingMargin(int stride) => (stride / 16f + 16) * MathF.ScaleB(1, -23);
}
