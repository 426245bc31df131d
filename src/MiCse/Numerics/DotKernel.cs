using System.Runtime.Intrinsics;

namespace MiCse.Numerics;

/// <summary>Dot products of float32 rows with one vector or with sixteen. Rows are zero-filled to a multiple of 32 numbers.</summary>
internal static unsafe class DotKernel
{
    /// <summary>Vectors in a panel: one a lane.</summary>
    public const int Lanes = 16;

    /// <summary>Rows that <see cref="Panel"/> takes together; it writes the products of so many more than asked for, at most.</summary>
    public const int RowsAtOnce = 8;

    /// <summary>One product a row. Reading the rows is what takes time here.</summary>
    public static void One(float* vector, float* rows, int stride, int count, float* products)
    {
        for (var row = 0; row < count; row++, rows += stride)
        {
            var even = Vector512<float>.Zero;
            var odd = Vector512<float>.Zero;
            for (var i = 0; i < stride; i += 2 * Lanes)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Load(vector + i), Vector512.Load(rows + i), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Load(vector + i + Lanes), Vector512.Load(rows + i + Lanes), odd);
            }

            products[row] = Vector512.Sum(even + odd);
        }
    }

    /// <summary>
    /// Sixteen products a row. Eight rows stay in registers while the panel goes by, and a lane holds one vector of the panel: nothing has to be
    /// summed across lanes, and each number loaded is used eight or sixteen times.
    /// </summary>
    /// <param name="panel">The vectors, interleaved: number i of vector v lies at i × 16 + v.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="stride">Numbers a row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="products">Gets sixteen numbers a row, with room for a multiple of <see cref="RowsAtOnce"/> rows.</param>
    public static void Panel(float* panel, float* rows, int stride, int count, float* products)
    {
        for (var row = 0; row < count; row += RowsAtOnce, products += RowsAtOnce * Lanes)
        {
            // What is missing at the end is the last row once more.
            var last = count - 1 - row;
            var r0 = rows + (long)row * stride;
            var r1 = r0 + (long)Math.Min(1, last) * stride;
            var r2 = r0 + (long)Math.Min(2, last) * stride;
            var r3 = r0 + (long)Math.Min(3, last) * stride;
            var r4 = r0 + (long)Math.Min(4, last) * stride;
            var r5 = r0 + (long)Math.Min(5, last) * stride;
            var r6 = r0 + (long)Math.Min(6, last) * stride;
            var r7 = r0 + (long)Math.Min(7, last) * stride;
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (var i = 0; i < stride; i++)
            {
                var vectors = Vector512.Load(panel + i * Lanes);
                s0 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r0[i]), s0);
                s1 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r1[i]), s1);
                s2 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r2[i]), s2);
                s3 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r3[i]), s3);
                s4 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r4[i]), s4);
                s5 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r5[i]), s5);
                s6 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r6[i]), s6);
                s7 = Vector512.FusedMultiplyAdd(vectors, Vector512.Create(r7[i]), s7);
            }

            s0.Store(products);
            s1.Store(products + Lanes);
            s2.Store(products + 2 * Lanes);
            s3.Store(products + 3 * Lanes);
            s4.Store(products + 4 * Lanes);
            s5.Store(products + 5 * Lanes);
            s6.Store(products + 6 * Lanes);
            s7.Store(products + 7 * Lanes);
        }
    }
}
