using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiCse.Numerics;

/// <summary>Dot products of int8 rows with an int16 vector, exact in int32. Rows are zero-filled to a multiple of <see cref="DotKernel.Alignment"/> values.</summary>
internal static unsafe class Int8DotKernel
{
    /// <summary>The largest value of the vector for which no sum overflows.</summary>
    public static int LargestValue(int stride) => Math.Max(1, Math.Min(short.MaxValue, int.MaxValue / (128 * stride)));

    /// <summary>The product of one row.</summary>
    public static int Dot(short* vector, sbyte* row, int stride)
    {
        var sum = Vector512<int>.Zero;
        for (var i = 0; i < stride; i += Vector512<short>.Count)
        {
            sum += MultiplyAddPairs(Widen(Vector256.Load(row + i)), Vector512.Load(vector + i));
        }

        return Vector512.Sum(sum);
    }

    private static Vector512<short> Widen(Vector256<sbyte> values)
    {
        if (Avx512BW.IsSupported)
        {
            return Avx512BW.ConvertToVector512Int16(values);
        }

        var (lower, upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    /// <summary>Products of neighbours, summed in pairs; which are neighbours does not matter to the sum of all.</summary>
    private static Vector512<int> MultiplyAddPairs(Vector512<short> first, Vector512<short> second)
    {
        if (Avx512BW.IsSupported)
        {
            return Avx512BW.MultiplyAddAdjacent(first, second);
        }

        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.MultiplyAddAdjacent(first.GetLower(), second.GetLower()), Avx2.MultiplyAddAdjacent(first.GetUpper(), second.GetUpper()));
        }

        var (a, b) = (Vector512.Widen(first), Vector512.Widen(second));
        return a.Lower * b.Lower + a.Upper * b.Upper;
    }
}
