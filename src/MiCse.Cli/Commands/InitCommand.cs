using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data;
using MiCse.Initialization;
using MiCse.Models;
using MiCse.Tokenization;

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

    private readonly Option<int?> _layers = Required("--layers", "Transformer layers; 0 makes a bag of words, which trains in minutes and can be grown.", 0);
    private readonly Option<int?> _hidden = Required("--hidden", "Length of a hidden state, and so of an embedding; a multiple of the heads.");
    private readonly Option<int?> _heads = Required("--heads", "Attention heads in a layer.");
    private readonly Option<int?> _intermediate = Number.Optional("--intermediate", "Width of the feed-forward part (default: 4 × hidden).", 1);
    private readonly Option<int?> _maxPositions = Number.Optional("--max-positions", "Longest sequence in tokens, special tokens included (default: 512).", 2);
    private readonly Option<string?> _modelType = new("--model-type")
    {
        Description = $"The family of the model, as config.json names it: {ModelFamily.List(ModelFamily.All)} (default: the family whose texts start with the tokenizer's first special token, such as [CLS] or <s>).",
        HelpName = "TYPE",
    };

    private readonly Option<string?> _words = new("--words-from")
    {
        Description = "A file of texts to learn word vectors from: the model starts as their weighted average, pooled by the mean, instead of with random embeddings.",
        HelpName = "FILE",
    };

    private readonly Option<WordWeighting?> _weights = new Choice<WordWeighting>(("sif", WordWeighting.Sif), ("usif", WordWeighting.Usif)).ToOption(
        "--word-weights", "How rare words count more than frequent ones: smooth inverse frequency with 0.001, or unsupervised, from the vocabulary and the length of texts (default: sif).");

    private readonly ColumnOptions _columns = new();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public InitCommand()
        : base(
            "init",
            "Makes a model for a tokenizer, to be trained from scratch: random weights, or word vectors learned from texts to start with.",
            "micse init --tokenizer bert-base-uncased --layers 4 --hidden 256 --heads 4 --output fresh")
    {
        AddGroup("Model", _tokenizer, _modelType, _layers, _hidden, _heads, _intermediate, _maxPositions, _seed);
        AddGroup("Word vectors", [_words, _weights, .. _columns.All]);
        AddGroup("Output", _output, _json, _threads);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var shape = new ModelSize(Value(_layers), Value(_hidden), Value(_heads)) { IntermediateSize = arguments.GetValue(_intermediate), ModelType = Family(arguments) };
        if (arguments.GetValue(_maxPositions) is { } maxPositions)
        {
            shape = shape with { MaxTokens = maxPositions };
        }

        var tokenizer = arguments.GetRequiredValue(_tokenizer);
        var seed = arguments.GetValue(_seed);
        var words = arguments.GetValue(_words) is { } file ? LearnWords(file, tokenizer, shape, seed, arguments, streams, cancellationToken) : null;
        var parameters = arguments.Take(() => ModelInitializer.Write(output, tokenizer, shape, seed, words, cancellationToken: cancellationToken));
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

    private string? Family(ParseResult arguments) =>
        arguments.GetValue(_modelType) is { } type ? OptionValues.Read(_modelType.Name, () => ModelFamily.Of(type)).ModelType : null;

    private WordVectors LearnWords(
        string file, string tokenizer, ModelSize shape, long seed, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var threads = arguments.GetValue(_threads);
        var dimensions = OptionValues.Read(_hidden.Name, () => ModelInitializer.DimensionsOfWords(shape)); // before a minute's work
        var texts = TextFile.ReadTexts(OptionValues.Read(_words.Name, () => HubFetch.DataFile(file, streams, cancellationToken)), _columns.ToOptions(arguments));
        var cooccurrences = ProgressDisplay.Run(streams, "counting neighbours", "texts", progress => Cooccurrences.Count(
            texts, file, Tokenizer.Load(tokenizer), threads: threads, progress: new CountProgress(progress), cancellationToken: cancellationToken));
        return ProgressDisplay.Run(streams, "learning word vectors", "matrix multiplications", progress => WordVectors.Learn(
            cooccurrences,
            dimensions,
            seed,
            smoothing: (arguments.GetValue(_weights) ?? WordWeighting.Sif).Smoothing(cooccurrences),
            threads: threads,
            progress: new CountProgress(progress, WordVectors.Products),
            cancellationToken: cancellationToken));
    }

    private static Option<int?> Required(string name, string description, int minimum = 1)
    {
        var option = Number.Optional(name, description, minimum);
        option.Required = true;
        return option;
    }
}
