using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MiCse.Files;

/// <summary>Where a file really goes: a symbolic link stays and what it leads to is written; a pipe or a device is not replaced but written into.</summary>
/// <param name="Path">The full path.</param>
/// <param name="InPlace">Whether it must be written into and cannot be replaced by renaming.</param>
internal readonly partial record struct WriteTarget(string Path, bool InPlace)
{
    private const string Devices = "/dev/";
    private const string Processes = "/proc/";
    private const int CurrentFolder = -100;
    private const uint OnlyType = 1;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Finds out what a path leads to; nothing need be there.</summary>
    /// <exception cref="IOException">Links that lead in a circle.</exception>
    public static WriteTarget Of(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var link = new FileInfo(full).LinkTarget;
        // What /dev/stdout leads to has no path of its own, or one that others have open.
        if (IsSpecial(full) || full.StartsWith(Processes, StringComparison.Ordinal) || (link is not null && full.StartsWith(Devices, StringComparison.Ordinal)))
        {
            return new WriteTarget(full, InPlace: true);
        }

        return new WriteTarget(link is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName, InPlace: false);
    }

    /// <summary>Gives a file or folder the mode that another one has, if that is there.</summary>
    public static void CopyMode(string from, string to)
    {
        if (!OperatingSystem.IsWindows() && System.IO.Path.Exists(from))
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
    }

    // Whether there is something, behind all links, that is neither a file nor a folder.
    private static bool IsSpecial(string path)
    {
        // The kernels' own layouts: struct statx of Linux, struct stat of macOS on Apple silicon.
        Span<byte> status = stackalloc byte[512];
        int mode;
        if (OperatingSystem.IsLinux())
        {
            if (StatX(CurrentFolder, path, 0, OnlyType, status) != 0)
            {
                return false;
            }

            mode = BinaryPrimitives.ReadUInt16LittleEndian(status[28..]);
        }
        else if (OperatingSystem.IsMacOS())
        {
            if (Stat(path, status) != 0)
            {
                return false;
            }

            mode = BinaryPrimitives.ReadUInt16LittleEndian(status[4..]);
        }
        else
        {
            return false;
        }

        return (mode & TypeMask) is not (RegularFile or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, Span<byte> status);
}
