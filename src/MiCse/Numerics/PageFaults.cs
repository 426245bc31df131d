using System.Runtime.InteropServices;

namespace MiCse.Numerics;

/// <summary>Memory that will be written as a whole: Linux gives its pages at once, instead of one each time that a new one is touched.</summary>
internal static unsafe partial class PageFaults
{
    private const int PopulateWrite = 23; // MADV_POPULATE_WRITE, from Linux 5.14 on; earlier ones refuse it, and nothing is lost

    /// <summary>Asks for the pages of memory that begins at a page.</summary>
    public static void Avoid(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(start, bytes, PopulateWrite);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
