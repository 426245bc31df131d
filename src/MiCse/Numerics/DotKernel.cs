using System.Runtime.Intrinsics;

namespace MiCse.Numerics;

/// <summary>
/// Dot products of float32 rows with one vector, where reading the rows is what takes time. Rows are zero-filled to a multiple of
/// <see cref="Alignment"/> values.
/// </summary>
internal static unsafe class DotKernel
{
    /// <summary>Values that the loop takes at a time.</summary>
    public const int Alignment = 32;

    /// <summary>One product a row.</summary>
    /// <param name="vector">The vector, zero-filled as the rows are.</param>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="stride">Values from one row to the next.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="products">Receives a product a row.</param>
    public static void Multiply(float* vector, float* rows, int stride, int count, float* products)
    {
        var half = Vector512<float>.Count;
        for (var row = 0; row < count; row++, rows += stride)
        {
            var even = Vector512<float>.Zero;
            var odd = Vector512<float>.Zero;
            for (var i = 0; i < stride; i += Alignment)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Load(vector + i), Vector512.Load(rows + i), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Load(vector + i + half), Vector512.Load(rows + i + half), odd);
            }

            products[row] = Vector512.Sum(even + odd);
        }
    }
}
