using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Search;
using MiCse.Search;

namespace MiCse.Cli.Commands;

/// <summary>More texts into an index: all of them or, when the command is killed, none.</summary>
internal sealed class IndexAddCommand : MiCseCommand
{
    private readonly Argument<string> _index = IndexArgument.Create();
    private readonly IdentifiedTexts _texts = new();
    private readonly IndexModelOptions _model = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexAddCommand()
        : base(
            "add",
            "Adds texts to an index; a text whose id is there already replaces the old one.",
            "micse index add questions.index more.csv --column question --id-column number")
    {
        Add(_index);
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_index);
        long added;
        using (var writer = VectorIndexWriter.Open(path))
        {
            using var encoder = _model.LoadForDocuments(writer.Source, path, arguments, streams, cancellationToken);
            var total = _texts.Count(arguments, streams, cancellationToken);
            added = IndexCommand.Fill(writer, encoder, _texts.Read(arguments, streams, cancellationToken), total, streams, cancellationToken);
            writer.Commit();
        }

        IndexOutput.Write(streams, arguments.GetValue(_json), path, ("added", added));
        return ExitCode.Done;
    }
}
