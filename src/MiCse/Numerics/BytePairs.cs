using System.Runtime.Intrinsics.X86;

namespace MiCse.Numerics;

/// <summary>How this processor multiplies unsigned with signed bytes.</summary>
internal static class BytePairs
{
    /// <summary>The largest sum of two neighbouring weights' magnitudes whose products with unsigned bytes fit 16 bits.</summary>
    public const int Largest = short.MaxValue / byte.MaxValue;

    /// <summary>Whether sums of two products are kept in 16 bits, where they can saturate: on x86 without VNNI instructions (<c>vpmaddubsw</c>).</summary>
    public static bool Saturate => X86Base.IsSupported && !AvxVnni.IsSupported && !HasAvx512Vnni;

    /// <summary>Whether the processor multiplies bytes in vectors of 512 bits, which .NET has no instructions for.</summary>
    public static bool HasAvx512Vnni { get; } = Avx512BW.IsSupported && ReadAvx512Vnni();

    /// <summary>Whether two weights that are neighbours in a column are so large together that the sum of their products with unsigned bytes does not fit 16 bits.</summary>
    /// <param name="weight">[depth, columns]</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static bool CanSaturate(ReadOnlySpan<sbyte> weight, int columns)
    {
        for (var first = 0; first < weight.Length; first += 2 * columns)
        {
            for (var column = 0; column < columns && first + columns + column < weight.Length; column++)
            {
                if (Math.Abs((int)weight[first + column]) + Math.Abs((int)weight[first + columns + column]) > Largest)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool ReadAvx512Vnni()
    {
        const int featureLeaf = 7;
        const int vnniOfEcx = 11;
        return X86Base.CpuId(0, 0).Eax >= featureLeaf && (X86Base.CpuId(featureLeaf, 0).Ecx >> vnniOfEcx & 1) != 0;
    }
}
