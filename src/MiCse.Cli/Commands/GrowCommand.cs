using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Initialization;
using MiCse.ModelFolders;

namespace MiCse.Cli.Commands;

/// <summary>A model → the same with more layers.</summary>
internal sealed class GrowCommand : MiCseCommand
{
    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly Option<int?> _layers = Number.Optional("--layers", "Transformer layers in all.", 1);
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public GrowCommand()
        : base(
            "grow",
            "Puts layers on top of a model. They add nothing at first: the embeddings stay the same until the model is trained on.",
            "micse grow --model bag-of-words --layers 4 --output deeper")
    {
        _layers.Required = true;
        AddGroup("Model", _model, _layers, _seed);
        AddGroup("Output", _output, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));
        var parameters = arguments.Take(() => ModelGrowth.Write(
            output, model, arguments.GetRequiredValue(_layers)!.Value, arguments.GetValue(_seed), cancellationToken));
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["parameters"] = parameters });
        }
        else
        {
            Columns.Write(streams.Output, [["parameters", parameters.ToString("N0", CultureInfo.InvariantCulture)], ["model", output]]);
        }

        return ExitCode.Done;
    }
}
