using System.CommandLine;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;

namespace MiCse.Cli.Commands;

/// <summary>A command that trains a model: in one process, or on the ranks that <c>mpirun</c> starts.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="example">A command line.</param>
internal abstract class TrainingCommand(string name, string description, string example) : MiCseCommand(name, description, example)
{
    private readonly MpiOption _mpi = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public override string? Missing => LibTorchFetch.Notice();

    /// <summary>The last groups of its options.</summary>
    protected void AddLastGroups(Option saveEvery, TrainingSource source)
    {
        AddGroup("Interruptions", saveEvery, source.Resume, source.ResumeIfAny);
        AddGroup("Several processes", _mpi.Option);
        AddGroup("Output", _json);
    }

    protected override bool IsLed(ParseResult arguments, StandardStreams streams) => _mpi.IsLed(arguments, streams);

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        using var ranks = _mpi.Open(arguments, streams);
        return ranks.Run(() => Execute(arguments, ranks, cancellationToken), cancellationToken);
    }

    /// <summary>Runs it on one of the ranks.</summary>
    protected abstract int Execute(ParseResult arguments, Ranks ranks, CancellationToken cancellationToken);

    /// <summary>Writes what came of it.</summary>
    protected int Report(ParseResult arguments, StandardStreams streams, string? warning, Func<JsonObject> json, Func<IReadOnlyList<IReadOnlyList<string>>> rows)
    {
        if (warning is not null)
        {
            streams.Error.WriteLine(warning);
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, json());
        }
        else
        {
            Columns.Write(streams.Output, rows());
        }

        return ExitCode.Done;
    }
}
