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
using MiCse.ModelFolders;

namespace MiCse.Cli.Commands;

/// <summary>A model → a smaller one made of its parts.</summary>
internal sealed class ShrinkCommand : MiCseCommand
{
    private const int TextsToMeasure = 2000;

    private readonly Option<string> _model = ModelOptions.CreateModel();

    private readonly Option<IReadOnlyList<long>?> _layers = NumberList.Optional("--layers", "The layers to keep, numbered from 0, such as 0,2,4 or 0..3 (default: all).", 0, int.MaxValue);
    private readonly Option<int?> _intermediate = Number.Optional(
        "--intermediate", $"Neurons to keep in the feed-forward part of every layer, those that explain most of the variance of its output over {TextsToMeasure:N0} texts of --vocabulary-from; ridge regression on them makes up for the others (default: all).", 1);

    private readonly Option<string?> _vocabularyFrom = new("--vocabulary-from")
    {
        Description = "A file of texts whose pieces of the vocabulary are kept, beside those that spell any word; the rest is left out (default: all are kept). --intermediate measures neurons on them.",
        HelpName = "FILE",
    };

    private readonly ColumnOptions _columns = new();
    private readonly Option<int?> _vocabularySize = Number.Optional("--vocabulary-size", "Pieces to keep at most, those that the texts use most (default: all that they use).", 1);
    private readonly Option<int?> _maxTokens = Number.Optional("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included: later positions are left out (default: as before).", 3);
    private readonly Option<int?> _hidden = Number.Optional(
        "--hidden", "Make a model without layers, of so many dimensions: the mean of vectors that the model makes of each piece of the vocabulary alone, reduced to their principal components (12 of the dimensions are room that LayerNorms need).", 13);

    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ShrinkCommand()
        : base(
            "shrink",
            "Makes a smaller model of a larger one: some of its layers, the part of its vocabulary that texts use, the neurons that matter to them. A start for `micse distill`.",
            "micse shrink --model teacher --layers 0,2,4 --vocabulary-from sentences.txt --vocabulary-size 12000 --output student")
    {
        AddGroup("Model", _model, _layers, _intermediate, _hidden, _maxTokens, _threads, _seed);
        AddGroup("Vocabulary", [_vocabularyFrom, _vocabularySize, .. _columns.All]);
        AddGroup("Output", _output, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        if (arguments.GetValue(_vocabularySize) is not null && arguments.GetValue(_vocabularyFrom) is null)
        {
            throw new UsageException($"{_vocabularySize.Name} needs {_vocabularyFrom.Name}: texts say which pieces are used most.");
        }

        if (arguments.GetValue(_intermediate) is not null && arguments.GetValue(_vocabularyFrom) is null)
        {
            throw new UsageException($"{_intermediate.Name} needs {_vocabularyFrom.Name}: texts say which neurons matter.");
        }

        var hidden = arguments.GetValue(_hidden);
        if (hidden is not null && arguments.GetValue(_intermediate) is not null)
        {
            throw new UsageException($"{_hidden.Name} makes a model without layers, which has nothing to take {_intermediate.Name} of; give one of them.");
        }

        if (hidden is not null && arguments.GetValue(_layers) is not null)
        {
            throw new UsageException($"{_hidden.Name} makes a model without layers, and {_layers.Name} keeps some; give one of them.");
        }

        if (hidden is not null && arguments.GetValue(_vocabularyFrom) is null)
        {
            throw new UsageException($"{_hidden.Name} needs {_vocabularyFrom.Name}: how often texts use a piece is its weight in the mean.");
        }

        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));
        var layers = arguments.GetValue(_layers)?.Select(layer => (int)layer).ToArray();
        arguments.Take(() => ModelShrinking.Check(model, layers, arguments.GetValue(_maxTokens)));
        var intermediate = arguments.GetValue(_intermediate);
        if (intermediate is { } kept)
        {
            OptionValues.Read(_intermediate.Name, () => FeedForwardPruning.Check(model, kept));
        }

        var vocabulary = arguments.GetValue(_vocabularyFrom) is { } file ? Prune(file, model, arguments, streams, cancellationToken) : null;
        var options = new ShrinkOptions
        {
            Layers = layers,
            MaxTokens = arguments.GetValue(_maxTokens),
            Vocabulary = vocabulary,
            FeedForward = intermediate is { } neurons ? Narrow(neurons, model, arguments, streams, cancellationToken) : null,
        };
        var shrunk = arguments.Take(() => hidden is { } size
            ? ProgressDisplay.Run(streams, "encoding pieces", "pieces", progress => ModelShrinking.WriteWithoutLayers(
                output, model, vocabulary!, size, options.MaxTokens, arguments.GetValue(_seed), arguments.GetValue(_threads), new CountProgress(progress, vocabulary!.Kept.Count), cancellationToken))
            : ModelShrinking.Write(output, model, options, cancellationToken));
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["parameters"] = shrunk.Parameters,
                ["layers"] = new JsonArray([.. shrunk.Layers.Select(layer => JsonValue.Create(layer))]),
                ["intermediate"] = shrunk.Intermediate,
                ["vocabulary"] = shrunk.Vocabulary,
            });
        }
        else
        {
            var culture = CultureInfo.InvariantCulture;
            Columns.Write(streams.Output,
            [
                ["parameters", shrunk.Parameters.ToString("N0", culture)],
                ["layers", shrunk.Layers.Count == 0 ? "none" : string.Join(", ", shrunk.Layers)],
                ["intermediate", shrunk.Intermediate?.ToString("N0", culture) ?? "none"],
                ["vocabulary", shrunk.Vocabulary.ToString("N0", culture)],
                ["model", output],
            ]);
        }

        return ExitCode.Done;
    }

    private VocabularyPruning Prune(string file, ModelFolder model, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var texts = Texts(file, arguments, streams, cancellationToken);
        var tokenizer = FolderTokenizer.Load(model);
        var pruning = ProgressDisplay.Run(streams, "counting pieces", "texts", progress => OptionValues.Read(_vocabularySize.Name, () => VocabularyPruning.Of(
            tokenizer, texts.Select(model.Preparation.Apply), arguments.GetValue(_vocabularySize), new CountProgress(progress), cancellationToken)));
        return pruning.Occurrences.Any(count => count > 0) ? pruning : throw new UsageException($"{_vocabularyFrom.Name}: {file} holds no words, so nothing says which pieces to keep.");
    }

    private FeedForwardPruning Narrow(int neurons, ModelFolder model, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var file = arguments.GetRequiredValue(_vocabularyFrom)!;
        var texts = ProgressDisplay.Run(streams, "drawing texts", "texts", progress =>
            FeedForwardPruning.Sample(Texts(file, arguments, streams, cancellationToken), TextsToMeasure, arguments.GetValue(_seed), new CountProgress(progress), cancellationToken));
        if (texts.Count == 0)
        {
            throw new UsageException($"{_vocabularyFrom.Name}: {file} holds no texts.");
        }

        return ProgressDisplay.Run(streams, "measuring neurons", "texts", progress => OptionValues.Read(_intermediate.Name, () => FeedForwardPruning.Of(
            model, texts, neurons, arguments.GetValue(_threads), new CountProgress(progress, texts.Count), cancellationToken)));
    }

    private IEnumerable<string> Texts(string file, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        TextFile.ReadTexts(OptionValues.Read(_vocabularyFrom.Name, () => HubFetch.DataFile(file, streams, cancellationToken)), _columns.ToOptions(arguments));
}
