using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Models;
using MiCse.Inference.Graphs;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse.Cli.Commands;

/// <summary>Describes a model folder.</summary>
internal sealed class InfoCommand : MiCseCommand
{
    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly Option<bool> _json = CommonOptions.Json();

    public InfoCommand()
        : base("info", "Describes a model: the files used and why, its architecture and size, its pooling and where that was found.", "micse info --model FOLDER")
    {
        AddGroup("Model", _model);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_model);
        var folder = ModelFolder.Open(ModelName.Resolve(name, streams, cancellationToken));
        var description = new ModelDescription(name, folder, folder.CountParameters(), Tokenizer.Load(folder.TransformerPath)) { Graph = Graph(folder) };
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, description.ToJson());
        }
        else
        {
            Columns.Write(streams.Output, description.ToRows());
        }

        return ExitCode.Done;
    }

    /// <summary>How an ONNX graph of another program is run and why; null for other weights.</summary>
    private static (EncoderPrecision Precision, string Reason)? Graph(ModelFolder folder)
    {
        if (!folder.IsForeignGraph)
        {
            return null;
        }

        var graph = ForeignGraph.Open(folder.WeightsPath, folder.Config, folder.Pooling.Pooling, folder.Pooling.Normalize, threads: 1, precision: null);
        graph.Engine.Dispose();
        return (graph.Precision, graph.Reason);
    }
}
