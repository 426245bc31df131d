using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Output;
using MiCse.Cli.Progress;
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
            "Writes an index anew without what was removed: frees room and makes searches faster after many changes.",
            "micse index compact questions.index")
    {
        Add(_index);
        AddGroup("Output", _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var path = arguments.GetRequiredValue(_index);
        using (var writer = VectorIndexWriter.Open(path))
        {
            ProgressDisplay.Run(streams, "copying", "texts", progress =>
            {
                writer.Compact(new CountProgress(progress, writer.Count), cancellation);
                return writer.Count;
            });
        }

        IndexOutput.Write(streams, arguments.GetValue(_json), path);
        return ExitCode.Done;
    }
}
