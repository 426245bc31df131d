using System.Runtime.InteropServices;

namespace MiCse.Cli.Terminal;

/// <summary>Whether the program's caller left a standard stream open: <c>micse … &lt;&amp;-</c> closes the input, <c>&gt;&amp;-</c> the output.</summary>
internal static partial class StandardHandle
{
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>0.</summary>
    public const int Input = 0;

    /// <summary>1.</summary>
    public const int Output = 1;

    /// <summary>2.</summary>
    public const int Error = 2;

    /// <summary>Whether a standard stream leads to where the caller put it.</summary>
    /// <remarks>
    /// A closed number is given to the next file that is opened, which is one of the runtime's own: reading from it would wait for ever. Such a file is
    /// marked to be closed when another program is started, which a handle that this program was started with cannot be.
    /// </remarks>
    public static bool IsOpen(int descriptor) =>
        OperatingSystem.IsWindows() || fcntl(descriptor, GetDescriptorFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0;

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command);
}
