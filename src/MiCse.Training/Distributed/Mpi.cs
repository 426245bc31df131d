namespace MiCse.Training.Distributed;

/// <summary>
/// The ranks that a launcher of MPI has started: <c>mpirun</c>, <c>srun</c>, Kubernetes' MPIJob. Disposing it ends MPI in this process, which waits for the other ranks and can be done once.
/// </summary>
public sealed unsafe class Mpi : ICollective
{
    private const int LargestMessage = 1 << 28; // MPI counts in 32 bits

    private static readonly string[] s_counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];
    private static readonly string[] s_countsOfSlurm = ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"];
    private static readonly string[] s_ranks = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"];

    private readonly MpiLibrary _library;
    private readonly bool _isOurs;
    private bool _isEnded;

    private Mpi(MpiLibrary library)
    {
        _library = library;
        _isOurs = library.Start();
        (Rank, Count) = library.Place();
        Version = library.Version;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>What the MPI library calls itself.</summary>
    public string Version { get; }

    /// <summary>
    /// How many processes a launcher says it has started together with this one; 1 when there is no launcher. Understood are Open MPI's <c>mpirun</c>, MPICH's, Intel's and MVAPICH's
    /// (<c>PMI_SIZE</c>), and Slurm's <c>srun</c> with PMIx or PMI-2.
    /// </summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public static int CountOfLauncher(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        // A batch script of Slurm has SLURM_NTASKS too, and is one process: only srun's tasks have a place in PMIx.
        var names = variable("PMIX_RANK") is null ? s_counts : [.. s_counts, .. s_countsOfSlurm];
        return names.Select(name => int.TryParse(variable(name), out var count) ? count : 0).FirstOrDefault(count => count > 0, 1);
    }

    /// <summary>Which of them this process is, from 0.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    internal static int RankOfLauncher(Func<string, string?> variable) =>
        s_ranks.Select(name => int.TryParse(variable(name), out var rank) ? rank : -1).FirstOrDefault(rank => rank >= 0, 0);

    /// <summary>Starts MPI in this process.</summary>
    /// <param name="variable">
    /// The value of an environment variable, or null: <c>MICSE_LIBMPI</c> names the library, else Open MPI's is taken after its <c>mpirun</c>, and that of MPICH's family otherwise.
    /// </param>
    /// <exception cref="NotSupportedException">There is no MPI library, or it is not the launcher's.</exception>
    public static Mpi Open(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (!OperatingSystem.IsLinux())
        {
            throw new NotSupportedException("Processes that share a training are supported on Linux alone: start one process, or switch it off with --mpi off.");
        }

        var isOpenMpi = variable("OMPI_COMM_WORLD_SIZE") is not null || variable("PMI_SIZE") is null;
        var mpi = new Mpi(MpiLibrary.Load(variable("MICSE_LIBMPI") is { Length: > 0 } path ? path : null, isOpenMpi));
        var expected = CountOfLauncher(variable);
        return mpi.Count == expected
            ? mpi
            : throw new NotSupportedException(
                $"The launcher has started {expected} processes, and {mpi.Version} in this one knows of {mpi.Count}: launcher and library belong to different installations of MPI; "
                + "name the launcher's library in MICSE_LIBMPI, or take the other launcher.");
    }

    /// <inheritdoc/>
    public void Exchange(ReadOnlySpan<float> parts, Span<float> received)
    {
        var length = parts.Length / Count;
        Require(parts.Length == length * Count && received.Length == parts.Length, nameof(parts));
        fixed (float* from = parts, to = received)
        {
            MpiLibrary.Check(_library.AllToAll(from, length, _library.Float, to, length, _library.Float, _library.World), "MPI_Alltoall");
        }
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        Require(all.Length == (long)own.Length * Count, nameof(all));
        fixed (byte* from = own, to = all)
        {
            MpiLibrary.Check(_library.AllGather(from, own.Length, _library.Byte, to, own.Length, _library.Byte, _library.World), "MPI_Allgather");
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data)
    {
        for (var start = 0; start < data.Length; start += LargestMessage)
        {
            var part = data.Slice(start, Math.Min(LargestMessage, data.Length - start));
            fixed (byte* address = part)
            {
                MpiLibrary.Check(_library.Broadcast(address, part.Length, _library.Byte, 0, _library.World), "MPI_Bcast");
            }
        }
    }

    /// <inheritdoc/>
    public void Abort(int exitCode) => _ = _library.Abort(_library.World, exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOurs && !_isEnded)
        {
            _isEnded = true;
            _library.End();
        }
    }

    private static void Require(bool holds, string parameter)
    {
        if (!holds)
        {
            throw new ArgumentException("The lengths do not fit the number of ranks.", parameter);
        }
    }
}
