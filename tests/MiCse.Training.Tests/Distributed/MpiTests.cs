using MiCse.Training.Distributed;

namespace MiCse.Training.Tests.Distributed;

public sealed class MpiTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "SLURM_NTASKS=4 SLURM_PROCID=0")] // a batch script
    [InlineData(4, "SLURM_NTASKS=4 SLURM_PROCID=2 PMIX_RANK=2")] // a task of srun
    [InlineData(2, "SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=2 PMIX_RANK=0")]
    [InlineData(2, "SLURM_NTASKS=1 OMPI_COMM_WORLD_SIZE=2 PMIX_RANK=0")] // mpirun in a batch script
    [InlineData(8, "PMI_SIZE=8 PMI_RANK=3")]
    [InlineData(1, "OMPI_COMM_WORLD_SIZE=many")]
    public void The_launchers_say_how_many_processes_there_are(int count, string variables) =>
        Assert.Equal(count, Mpi.CountOfLauncher(Environment(variables)));

    [Fact]
    public void A_library_that_cannot_be_loaded_is_named_with_what_to_do()
    {
        var message = Assert.Throws<NotSupportedException>(() => Mpi.Open(Environment("OMPI_COMM_WORLD_SIZE=2 MICSE_LIBMPI=/nowhere/libmpi.so"))).Message;

        Assert.Contains("/nowhere/libmpi.so cannot be loaded", message);
        Assert.Contains("--mpi off", message);
    }

    [Fact]
    public void A_library_that_is_not_MPI_is_refused()
    {
        var message = Assert.Throws<NotSupportedException>(() => Mpi.Open(Environment("OMPI_COMM_WORLD_SIZE=2 MICSE_LIBMPI=libc.so.6"))).Message;

        Assert.Contains("libc.so.6 has no MPI_Alltoall", message);
    }

    private static Func<string, string?> Environment(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => values.GetValueOrDefault(name);
    }
}
