using System.Runtime.InteropServices;

namespace MiCse.Training.Native;

/// <summary>
/// Makes glibc keep the memory that libtorch frees. Each step of a training frees and asks for the same few hundred megabytes; by default every large
/// block goes back to the system at once, and comes back as pages that the kernel fills with zeros one by one: an eighth of a step's time.
/// </summary>
internal static class FreedMemory
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int LargestMappedCount = -4;

    /// <summary>Takes effect for the whole process; does nothing where the C library is not glibc.</summary>
    public static unsafe void Keep()
    {
        if (NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallopt", out var address))
        {
            var setOption = (delegate* unmanaged<int, int, int>)address;
            _ = setOption(LargestMappedCount, 0);
            _ = setOption(TrimThreshold, int.MaxValue);
        }
    }

    /// <summary>
    /// Gives back what lies idle between blocks in use, because batches of many sizes leave gaps that no later block fits, and they would add up over a long
    /// training. Does nothing where the C library is not glibc.
    /// </summary>
    public static unsafe void Return()
    {
        if (NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var address))
        {
            _ = ((delegate* unmanaged<nuint, int>)address)(0);
        }
    }
}
