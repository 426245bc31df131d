using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Models;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Native;

namespace MiCse.Cli.Commands;

/// <summary>Describes a model folder.</summary>
internal sealed class InfoCommand : MiCseCommand
{
    private readonly Argument<string?> _named = new("MODEL") { Description = "The model, as --model takes it.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly Option<Pooling?> _pooling = ModelOptions.PoolingsBut().ToOption("--pooling", "Describe the model as it runs with this pooling (default: what the model folder says).");
    private readonly DeviceOptions _device = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public InfoCommand()
        : base(
            "info",
            "Describes a model: its family and size, what happens from a text to its embedding, the prompts, which files say so, and what of the folder is ignored, and why; with --device, which libtorch computes there.",
            "micse info FOLDER")
    {
        Add(_named);
        AddGroup("Model", _model, _pooling);
        AddGroup("Device", _device.All);
        AddGroup("Output", _json);
        Validators.Add(result =>
        {
            if (result.GetValue(_named) is not null && result.GetResult(_model) is { Implicit: false })
            {
                result.AddError($"the model is given twice, as an argument and with {_model.Name}; give one of them.");
            }
        });
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var name = arguments.GetValue(_named) ?? arguments.GetRequiredValue(_model);
        var resolved = ModelName.Find(name, streams, cancellationToken);
        var settings = arguments.Take(() => EncoderSettings.Of(resolved, new SentenceEncoderOptions { Pooling = arguments.GetValue(_pooling) }));
        var description = new ModelDescription(name, settings);
        var torch = DescribesDevice(arguments) ? Describe(_device.ForTraining(arguments)) : null;
        if (arguments.GetValue(_json))
        {
            var json = description.ToJson();
            if (torch is not null)
            {
                json["device"] = torch.Device;
                json["libtorch"] = torch.Version;
                json["libtorchFolder"] = torch.Folder;
                json["gpus"] = torch.Gpus;
            }

            Json.WriteLine(streams.Output, json);
        }
        else
        {
            Columns.Write(streams.Output, [.. description.ToRows(), .. torch is null ? [] : (IReadOnlyList<string>[])[["device", torch.Device], ["libtorch", torch.ToString()]]]);
        }

        return ExitCode.Done;
    }

    // Loading libtorch takes a moment, so it is asked about only where someone chose one.
    private bool DescribesDevice(ParseResult arguments) =>
        arguments.GetValue(_device.Device) is not null || arguments.GetValue(_device.LibTorch) is not null || Environment.GetEnvironmentVariable("MICSE_LIBTORCH") is { Length: > 0 };

    private static LibTorchStatus Describe(ComputeDevice device) => LibTorchStatus.Of(device);
}
