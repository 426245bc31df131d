using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Export;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Cli.Commands;

/// <summary>A model → a folder for other programs.</summary>
internal sealed class ExportCommand : MiCseCommand
{
    private readonly Option<string> _model = ModelOptions.CreateModel();

    private readonly Option<Format?> _to = new Choice<Format>(("safetensors", Format.Safetensors), ("onnx", Format.Onnx))
        .ToOption("--to", "What to write: weights for transformers and further training, or files for ONNX Runtime (default: safetensors).");

    private readonly Option<Precision?> _precision = new Choice<Precision>(("fp32", Precision.Float32), ("fp16", Precision.Float16), ("int8", Precision.Int8)).ToOption(
        "--weights-precision",
        "How weights are stored: in safetensors fp32, or fp16 for half the space (default: fp32); in ONNX fp32, or int8 for a quarter and several times the speed "
        + "(default: a file of each).",
        "--precision");

    private readonly Option<string?> _card = new("--model-card") { Description = "The text of README.md (default: the model's own).", HelpName = "FILE" };
    private readonly QuantizationArguments _quantization = new();
    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ExportCommand()
        : base(
            "export",
            "Copies a model into a folder that transformers, sentence-transformers, transformers.js and text-embeddings-inference load and pool rightly: "
            + "weights, tokenizer, pooling, model card. Int8 is measured against float32, and the report is written into the folder and its model card.",
            "micse export --model trained --to onnx --data sentences.txt --output published")
    {
        _to.Aliases.Add("--format");
        AddGroup("Model", _model, _to, _precision, _card);
        AddGroup("Measuring int8", _quantization.All);
        AddGroup("Output", _output, _json);
    }

    private enum Format
    {
        Safetensors,
        Onnx,
    }

    private enum Precision
    {
        Float32,
        Float16,
        Int8,
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var format = arguments.GetValue(_to) ?? Format.Safetensors;
        var precision = arguments.GetValue(_precision);
        if ((format, precision) is (Format.Safetensors, Precision.Int8) or (Format.Onnx, Precision.Float16))
        {
            throw new UsageException(format == Format.Onnx
                ? "--weights-precision: ONNX files are written in fp32 or int8; --to safetensors takes fp16."
                : "--weights-precision: safetensors are written in fp32 or fp16; int8 goes --to onnx.");
        }

        var card = arguments.GetValue(_card) is { } file ? ReadCard(file) : null;
        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));
        if (format == Format.Safetensors || precision == Precision.Float32)
        {
            _quantization.RequireNone(arguments);
        }

        if (format == Format.Safetensors)
        {
            var type = precision == Precision.Float16 ? TensorType.Float16 : TensorType.Float32;
            var leftOut = ModelExport.WriteSafetensors(output, model, type, card, cancellationToken);
            Print(output, [], report: null, [.. leftOut.Select(name => (name, "weights of another task"))], arguments, streams);
            return ExitCode.Done;
        }

        var options = _quantization.ToOptions(arguments, streams, cancellationToken) with { ModelCard = card };
        if (precision is not null)
        {
            options = options with { Precisions = [precision == Precision.Int8 ? EncoderPrecision.Int8 : EncoderPrecision.Float32] };
        }

        var receipt = OnnxExport.Write(output, model, options, TimeProvider.System, cancellationToken);
        Print(output, receipt?.ToRows() ?? [], receipt?.ToJson(), OnnxExport.LeftOut(model), arguments, streams);
        return ExitCode.Done;
    }

    private string ReadCard(string file)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"{_card.Name}: {file}: there is no such file.");
        }

        return StrictUtf8.ReadAll(file);
    }

    private void Print(
        string output,
        IReadOnlyList<IReadOnlyList<string>> rows,
        JsonObject? report,
        IReadOnlyList<(string Name, string Why)> leftOut,
        ParseResult arguments,
        StandardStreams streams)
    {
        var files = Directory.GetFiles(output, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(output, path).Replace('\\', '/'), Size: new FileInfo(path).Length))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ToArray();
        if (arguments.GetValue(_json))
        {
            var document = new JsonObject { ["files"] = Json.Array(files.Select(entry => JsonValue.Create(entry.Name))) };
            if (leftOut.Count > 0)
            {
                document["leftOut"] = Json.Array(leftOut.Select(part => new JsonObject { ["what"] = part.Name, ["why"] = part.Why }));
            }

            if (report is not null)
            {
                document["report"] = report;
            }

            Json.WriteLine(streams.Output, document);
            return;
        }

        Columns.Write(streams.Output, [.. files.Select(entry => new[] { entry.Name, entry.Size.ToString("N0", CultureInfo.InvariantCulture) })]);
        foreach (var reason in leftOut.GroupBy(part => part.Why, part => part.Name))
        {
            streams.Error.WriteLine($"micse: note: {Offenders.Describe([.. reason], "tensor", "is", "are")} left out: {reason.Key}.");
        }

        if (rows.Count > 0)
        {
            streams.Output.WriteLine();
            Columns.Write(streams.Output, rows);
        }
    }
}
