using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Cli.Options;
using MiCse.Cli.Output;

namespace MiCse.Cli.Commands;

/// <summary>A model → a Hugging Face folder.</summary>
internal sealed class ExportCommand : MiCseCommand
{
    private readonly Option<string> _model = ModelOptions.CreateModel();

    private readonly Option<TensorType?> _precision = new Choice<TensorType>(("fp32", TensorType.Float32), ("fp16", TensorType.Float16))
        .ToOption("--precision", "How weights are stored; fp16 takes half the space (default: fp32).");

    private readonly Option<string?> _card = new("--model-card") { Description = "The text of README.md (default: the model's own).", HelpName = "FILE" };
    private readonly Option<string> _output = CommonOptions.OutputFolder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ExportCommand()
        : base(
            "export",
            "Copies a model into a folder that transformers and sentence-transformers load and pool rightly: safetensors, tokenizer, pooling, model card.",
            "micse export --model trained --precision fp16 --output published")
    {
        AddGroup("Model", _model, _precision, _card);
        AddGroup("Output", _output, _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var output = arguments.GetRequiredValue(_output);
        var card = arguments.GetValue(_card) is { } file ? File.ReadAllText(file) : null;
        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellation));
        ModelExport.WriteSafetensors(output, model, arguments.GetValue(_precision) ?? TensorType.Float32, card, cancellation);
        var files = Directory.GetFiles(output, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(output, path).Replace('\\', '/'), Size: new FileInfo(path).Length))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ToArray();
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["files"] = new JsonArray([.. files.Select(entry => JsonValue.Create(entry.Name))]) });
        }
        else
        {
            Columns.Write(streams.Output, [.. files.Select(entry => new[] { entry.Name, entry.Size.ToString("N0", CultureInfo.InvariantCulture) })]);
        }

        return ExitCode.Done;
    }
}
