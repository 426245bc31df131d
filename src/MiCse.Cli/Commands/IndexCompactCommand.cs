using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Search;
using MiCse.Search;

namespace MiCse.Cli.Commands;

/// <summary>An index without what was removed from it, in one piece.</summary>
internal sealed class IndexCompactCommand : MiCseCommand
{
    private readonly Argument<string> _index = IndexArgument.Create();
    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexCompactCommand()
        : base(
            "compact",
            "Rewrites an index without what was removed: frees space and makes searches faster after many changes.",
            "micse index compact questions.index")
    {
        Add(_index);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_index);
        using (var writer = VectorIndexWriter.Open(path))
        {
            ProgressDisplay.Run(streams, "copying", "texts", progress =>
            {
                writer.Compact(new CountProgress(progress, writer.Count), cancellationToken);
                return writer.Count;
            });
        }

        IndexOutput.Write(streams, arguments.GetValue(_json), path);
        return ExitCode.Done;
    }
}
