using System.Runtime.InteropServices;

namespace MiCse.Numerics;

/// <summary>Memory that will be written as a whole: Linux gives its pages at once, instead of one each time that a new one is touched.</summary>
internal static unsafe partial class PageFaults
{
    /// <summary>From here on memory is worth beginning at a huge page.</summary>
    public const nuint HugePage = 1 << 21;

    private const int UseHugePages = 14; // MADV_HUGEPAGE: one page in place of 512, where the system is set up for it
    private const int PopulateWrite = 23; // MADV_POPULATE_WRITE, from Linux 5.14 on; earlier ones refuse it, and nothing is lost

    /// <summary>Asks for the pages of memory that begins at a page, large memory at a huge one.</summary>
    public static void Avoid(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            if (bytes >= HugePage)
            {
                _ = Advise(start, bytes / HugePage * HugePage, UseHugePages);
            }

            _ = Advise(start, bytes, PopulateWrite);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
