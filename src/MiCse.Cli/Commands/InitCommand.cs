using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Cli.Options;
using MiCse.Cli.Output;

namespace MiCse.Cli.Commands;

/// <summary>Makes a model with random weights.</summary>
internal sealed class InitCommand : MiCseCommand
{
    private readonly Option<string> _tokenizer = new("--tokenizer")
    {
        Description = "The folder with the tokenizer's files: vocab.txt, tokenizer.json, or vocab.json and merges.txt; they are copied.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<int?> _layers = Required("--layers", "Transformer layers.");
    private readonly Option<int?> _hidden = Required("--hidden", "Length of a hidden state, and so of an embedding; a multiple of the heads.");
    private readonly Option<int?> _heads = Required("--heads", "Attention heads in a layer.");
    private readonly Option<int?> _intermediate = Number.Optional("--intermediate", "Width of the feed-forward part (default: 4 × hidden).", 1);
    private readonly Option<int?> _maxPositions = Number.Optional("--max-positions", "Longest sequence in tokens, special tokens included (default: 512).", 2);
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly Option<string> _output = CommonOptions.OutputFolder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public InitCommand()
        : base(
            "init",
            "Makes a model with random weights for a tokenizer, to be trained from scratch.",
            "micse init --tokenizer bert-base-uncased --layers 4 --hidden 256 --heads 4 --output fresh")
    {
        AddGroup("Model", _tokenizer, _layers, _hidden, _heads, _intermediate, _maxPositions, _seed);
        AddGroup("Output", _output, _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var output = arguments.GetRequiredValue(_output);
        var shape = new ModelShape(Value(_layers), Value(_hidden), Value(_heads)) { IntermediateSize = arguments.GetValue(_intermediate) };
        if (arguments.GetValue(_maxPositions) is { } maxPositions)
        {
            shape = shape with { MaxTokens = maxPositions };
        }

        var parameters = ModelInitializer.Write(
            output, arguments.GetRequiredValue(_tokenizer), shape, (ulong)arguments.GetValue(_seed), cancellationToken: cancellation);
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["parameters"] = parameters });
        }
        else
        {
            Columns.Write(streams.Output, [["parameters", parameters.ToString("N0", CultureInfo.InvariantCulture)], ["model", output]]);
        }

        return ExitCode.Done;

        int Value(Option<int?> option) => arguments.GetRequiredValue(option)!.Value;
    }

    private static Option<int?> Required(string name, string description)
    {
        var option = Number.Optional(name, description, 1);
        option.Required = true;
        return option;
    }
}
