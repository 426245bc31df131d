using System.Runtime.InteropServices;
using System.Text;

namespace MiCse.Training.Distributed;

/// <summary>
/// The MPI library of this machine: a dozen functions of the MPI standard, and the handles that its two binary interfaces have for the same things. Open MPI's are addresses of exported
/// variables, those of MPICH and its descendants (Intel MPI, MVAPICH) are numbers.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: any thread, one at a time
    private const int LongestVersion = 8192; // MPICH's MPI_MAX_LIBRARY_VERSION_STRING, the largest

    private static readonly string[] s_openMpi = ["libmpi.so.40"];
    private static readonly string[] s_mpich = ["libmpich.so.12", "libmpi.so.12"];

    private readonly nint _library;
    private readonly string _path;

    private MpiLibrary(nint library, string path)
    {
        (_library, _path) = (library, path);
        IsOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world);
        World = IsOpenMpi ? world : 0x44000000;
        Float = IsOpenMpi ? Function("ompi_mpi_float") : 0x4c00040a;
        Byte = IsOpenMpi ? Function("ompi_mpi_byte") : 0x4c00010d;
        AllToAll = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Alltoall");
        AllGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather");
        Broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)Function("MPI_Bcast");
        Abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Function("MPI_Abort");
    }

    /// <summary>Whether it is Open MPI; else one of MPICH's family.</summary>
    public bool IsOpenMpi { get; }

    /// <summary>All processes that were started together.</summary>
    public nint World { get; }

    /// <summary>32-bit floating-point numbers.</summary>
    public nint Float { get; }

    /// <summary>Bytes.</summary>
    public nint Byte { get; }

    /// <summary>MPI_Alltoall.</summary>
    public delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int> AllToAll { get; }

    /// <summary>MPI_Allgather.</summary>
    public delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int> AllGather { get; }

    /// <summary>MPI_Bcast.</summary>
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int> Broadcast { get; }

    /// <summary>MPI_Abort.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, int> Abort { get; }

    /// <summary>What the library calls itself.</summary>
    public string Version
    {
        get
        {
            var text = stackalloc byte[LongestVersion];
            int length;
            Check(((delegate* unmanaged[Cdecl]<byte*, int*, int>)Function("MPI_Get_library_version"))(text, &length), "MPI_Get_library_version");
            return Encoding.UTF8.GetString(text, Math.Clamp(length, 0, LongestVersion)).TrimEnd('\0').Split('\n', ',')[0].Replace('\t', ' ');
        }
    }

    /// <summary>Loads the library.</summary>
    /// <param name="path">A library to take; null for the installed one.</param>
    /// <param name="openMpiFirst">Which family to look for first where both are installed.</param>
    /// <exception cref="NotSupportedException">There is none, or it cannot be loaded.</exception>
    public static MpiLibrary Load(string? path, bool openMpiFirst)
    {
        string[] names = path is not null ? [path] : openMpiFirst ? [.. s_openMpi, .. s_mpich] : [.. s_mpich, .. s_openMpi];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new MpiLibrary(library, name);
            }
        }

        throw new NotSupportedException(
            $"Processes that share a training talk through MPI, and {(path is null ? $"none of {string.Join(", ", names)} is installed" : $"{path} cannot be loaded")}: "
            + "install Open MPI or MPICH, name the library in MICSE_LIBMPI, or switch it off with --mpi off.");
    }

    /// <summary>Starts MPI in this process, unless it runs already.</summary>
    /// <returns>Whether it was started here, and so is to be ended here.</returns>
    public bool Start()
    {
        int isRunning, provided;
        Check(((delegate* unmanaged[Cdecl]<int*, int>)Function("MPI_Initialized"))(&isRunning), "MPI_Initialized");
        if (isRunning != 0)
        {
            return false;
        }

        Check(((delegate* unmanaged[Cdecl]<void*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &provided), "MPI_Init_thread");
        return true;
    }

    /// <summary>This process and the number of them.</summary>
    public (int Rank, int Count) Place()
    {
        int rank, count;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_rank"))(World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_size"))(World, &count), "MPI_Comm_size");
        return (rank, count);
    }

    /// <summary>Ends MPI in this process; it waits for the others.</summary>
    public void End() => Check(((delegate* unmanaged[Cdecl]<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Looks at what a function has returned. MPI ends the process by itself at nearly every failure.</summary>
    /// <exception cref="IOException">It is not 0.</exception>
    public static void Check(int code, string function)
    {
        if (code != 0)
        {
            throw new IOException($"{function} has failed with code {code}.");
        }
    }

    private nint Function(string name) => NativeLibrary.TryGetExport(_library, name, out var address)
        ? address
        : throw new NotSupportedException($"{_path} has no {name}, so it is neither Open MPI nor of MPICH's family: name another library in MICSE_LIBMPI.");
}
