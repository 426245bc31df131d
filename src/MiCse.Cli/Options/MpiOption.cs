using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Training.Distributed;

namespace MiCse.Cli.Options;

/// <summary>Whether the processes that a launcher of MPI has started share a training.</summary>
internal sealed class MpiOption
{
    private readonly Option<Use?> _use = new Choice<Use>(("auto", Use.Auto), ("off", Use.Off))
        .ToOption("--mpi", "Share the training with the other processes that mpirun or srun has started, or let each train by itself (default: auto, share it where there are others).");

    private enum Use
    {
        Auto,
        Off,
    }

    /// <summary>The option.</summary>
    public Option Option => _use;

    /// <summary>Whether another process reads and writes the output folder for this one.</summary>
    public bool IsLed(ParseResult arguments, StandardStreams streams) => !IsAlone(arguments, streams) && Mpi.RankOfLauncher(streams.Variable) > 0;

    /// <summary>Finds the other processes.</summary>
    /// <exception cref="NotSupportedException">There are others, and no way to talk to them.</exception>
    public Ranks Open(ParseResult arguments, StandardStreams streams) =>
        new(IsAlone(arguments, streams) ? null : Mpi.Open(streams.Variable), streams, arguments);

    private bool IsAlone(ParseResult arguments, StandardStreams streams) => arguments.GetValue(_use) == Use.Off || Mpi.CountOfLauncher(streams.Variable) == 1;
}
