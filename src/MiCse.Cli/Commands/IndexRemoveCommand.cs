using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Search;
using MiCse.Files;
using MiCse.Search;

namespace MiCse.Cli.Commands;

/// <summary>Texts out of an index: all that are named or, when one of them is not there, none.</summary>
internal sealed class IndexRemoveCommand : MiCseCommand
{
    private readonly Argument<string> _index = IndexArgument.Create();
    private readonly Argument<string[]> _ids = new("ID") { HelpName = "ID …", Description = "The ids of the texts.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexRemoveCommand()
        : base("remove", "Removes texts from an index; `micse index compact` frees their space.", "micse index remove questions.index 17 23")
    {
        Add(_index);
        Add(_ids);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_index);
        var ids = arguments.GetRequiredValue(_ids).Distinct().ToList();
        using (var writer = VectorIndexWriter.Open(path))
        {
            foreach (var id in ids)
            {
                if (!writer.Remove(id))
                {
                    throw new DataFormatException(path, null, $"has no text with the id '{id}'; nothing was removed.");
                }
            }

            writer.Commit();
        }

        IndexOutput.Write(streams, arguments.GetValue(_json), path, ("removed", ids.Count));
        return ExitCode.Done;
    }
}
