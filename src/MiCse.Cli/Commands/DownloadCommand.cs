using System.CommandLine;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Hub;

namespace MiCse.Cli.Commands;

/// <summary>Fetches a model from the Hub.</summary>
internal sealed class DownloadCommand : MiCseCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The model, as ORGANISATION/NAME or ORGANISATION/NAME@REVISION." };
    private readonly Option<string?> _revision = new("--revision")
    {
        Description = $"A branch, a tag or a commit (default: {HubRepository.DefaultRevision}).",
        HelpName = "R",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public DownloadCommand()
        : base(
            "download",
            "Fetches a model from the Hugging Face Hub into the cache that Python's tools use too, and prints its folder. Only the files "
            + "that are needed; an interrupted download goes on where it stopped.",
            "micse download sap-ai-research/miCSE")
    {
        Add(_id);
        AddGroup("Model", _revision);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var repository = OptionValues.Read(_id.Name, () => HubRepository.Parse(arguments.GetRequiredValue(_id)));
        if (arguments.GetValue(_revision) is { } revision)
        {
            repository = repository.Revision is HubRepository.DefaultRevision || repository.Revision == revision
                ? OptionValues.Read(_revision.Name, () => new HubRepository(repository.Id, revision))
                : throw new UsageException($"{_revision.Name}: the revision is given twice, as '{repository.Revision}' and as '{revision}'; give one.");
        }

        var download = HubFetch.Model(repository, streams, cancellationToken);
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["folder"] = download.Path, ["commit"] = download.Commit });
        }
        else
        {
            streams.Output.WriteLine(streams.OutputIsTerminal ? VisibleText.Of(download.Path) : download.Path);
        }

        return ExitCode.Done;
    }
}
