using System.Runtime.Intrinsics.X86;

namespace MiCse.Training.Native;

/// <summary>Whether this processor multiplies bfloat16 by itself. libtorch multiplies them on any, but without such instructions several times as slowly as float32.</summary>
internal static class BFloat16Instructions
{
    /// <summary>
    /// AVX512_BF16 (leaf 7, subleaf 1, EAX bit 5) or AMX-BF16 (leaf 7, EDX bit 22), by Intel's "Architecture Instruction Set Extensions Programming Reference". False on
    /// processors that are not x64, where it cannot be asked.
    /// </summary>
    public static bool Supported { get; } = X86Base.IsSupported && Ask();

    private static bool Ask()
    {
        const int Features = 7;
        if (X86Base.CpuId(0, 0).Eax < Features)
        {
            return false;
        }

        var (subleaves, _, _, extensions) = X86Base.CpuId(Features, 0);
        return (extensions & (1 << 22)) != 0 || (subleaves >= 1 && (X86Base.CpuId(Features, 1).Eax & (1 << 5)) != 0);
    }
}
