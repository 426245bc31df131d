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
    private readonly Option<bool> _approximate = new("--approximate")
    {
        Description = "Divide the texts into cells as well, for searches of large indexes with --recall; what they find is measured and kept. Without it, a division ends.",
    };

    private readonly Option<int?> _cells = Number.Optional("--cells", "With --approximate, how many cells (default: four times the root of the number of texts).", new NumberRange<int>(1, 1 << 20));
    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexCompactCommand()
        : base(
            "compact",
            "Rewrites an index without what was removed: frees space and makes searches faster after many changes.",
            "micse index compact questions.index")
    {
        Add(_index);
        AddGroup("Cells", _approximate, _cells);
        AddGroup("Output", _json);
        Validators.Add(result =>
        {
            if (result.GetResult(_cells) is not null && result.GetResult(_approximate) is null)
            {
                result.AddError($"{_cells.Name}: needs {_approximate.Name}.");
            }
        });
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_index);
        using (var writer = VectorIndexWriter.Open(path))
        {
            ProgressDisplay.Run(streams, "copying", "texts", progress =>
            {
                var count = new CountProgress(progress, writer.Count);
                if (arguments.GetValue(_approximate))
                {
                    writer.Divide(arguments.GetValue(_cells), count, cancellationToken);
                }
                else
                {
                    writer.Compact(count, cancellationToken);
                }

                return writer.Count;
            });
        }

        IndexOutput.Write(streams, arguments.GetValue(_json), path);
        return ExitCode.Done;
    }
}
