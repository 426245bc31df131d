using System.Runtime.InteropServices;

namespace MiCse.Training.Native;

/// <summary>
/// Keeps libtorch's threads from waiting busily for long. Between two parallel loops they spin for milliseconds by default: alone on a machine that is harmless, but beside
/// other programs they take the processors from the one thread that they wait for.
/// </summary>
internal static class OpenMpThreads
{
    // The user's own choice stays.
    private static readonly string[] s_choices = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    private static ReadOnlySpan<byte> Name => "GOMP_SPINCOUNT\0"u8;

    /// <summary>A fraction of a millisecond: the usual gap between two loops of a step.</summary>
    private static ReadOnlySpan<byte> FewSpins => "10000\0"u8;

    /// <summary>
    /// Call this before libtorch is loaded, when its OpenMP runtime reads the environment of the process, which .NET's own functions do not change. Does nothing where the C
    /// library is not glibc.
    /// </summary>
    public static unsafe void SpinBriefly()
    {
        if (Array.TrueForAll(s_choices, name => Environment.GetEnvironmentVariable(name) is null)
            && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "setenv", out var address))
        {
            fixed (byte* name = Name, value = FewSpins)
            {
                _ = ((delegate* unmanaged<byte*, byte*, int, int>)address)(name, value, 0);
            }
        }
    }
}
