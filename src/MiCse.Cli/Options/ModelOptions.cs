using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.ModelFolders;
using MiCse.Models;

namespace MiCse.Cli.Options;

/// <summary>The options of every command that runs a model.</summary>
internal sealed class ModelOptions
{
    /// <summary>Which model.</summary>
    public Option<string> Model { get; } = CreateModel();

    /// <summary>How hidden states become an embedding.</summary>
    public Option<Pooling?> Pooling { get; } =
        PoolingsBut().ToOption("--pooling", "How hidden states become an embedding (default: what the model folder says, else cls-before-pooler).");

    /// <summary>The longest sequence.</summary>
    public Option<int?> MaxTokens { get; } =
        Number.Optional("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included; longer texts are cut (default: what the model takes).", 3);

    /// <summary>What is put before every text.</summary>
    public Option<string?> Prompt { get; } = CreatePrompt();

    /// <summary>The name of a prompt of the model.</summary>
    public Option<string?> PromptName { get; } = CreatePromptName();

    /// <summary>How many dimensions are kept.</summary>
    public Option<int?> Dimensions { get; } = Number.Optional(
        "--dimensions", "Number of dimensions to keep, the first ones, for models that were trained to be cut (Matryoshka) (default: all).", 1);

    /// <summary>Whether embeddings are scaled to length 1.</summary>
    public Option<bool> Normalize { get; } = new("--normalize") { Description = "Scale every embedding to length 1, after it is cut, so that a dot product is a cosine." };

    /// <summary>The arithmetic of the encoder.</summary>
    public Option<EncoderPrecision?> Precision { get; } = CreatePrecision(
        "--precision", "Arithmetic of the encoder; int8 is several times as fast on a processor and slightly less exact, fp16 and bf16 are for GPUs (default: fp32 where the model has float weights, on a GPU fp16).", "--encoder-precision");

    /// <summary>Processor threads.</summary>
    public Option<int?> Threads { get; } = CommonOptions.Threads();

    /// <summary>On which device.</summary>
    public DeviceOptions Device { get; } = new();

    /// <summary>All of them, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [.. OfOwnEngine, .. Device.All];

    /// <summary>Those of a command that looks at the library's own engine.</summary>
    public IReadOnlyList<Option> OfOwnEngine => [Model, Pooling, Prompt, PromptName, MaxTokens, Dimensions, Normalize, Precision, Threads];

    /// <summary>Those of an index: <c>--precision</c> means something else there, and the lengths of its vectors are not recorded.</summary>
    public IReadOnlyList<Option> OfIndex => [Model, Pooling, Prompt, PromptName, MaxTokens, Dimensions, Threads, .. Device.All];

    /// <summary>The poolings, but for those that a command cannot use.</summary>
    public static Choice<Pooling> PoolingsBut(params Pooling[] excluded)
    {
        var poolings = new Pooling[PoolingNames.All.Count - excluded.Length];
        for (var (index, pooling) = (0, default(Pooling)); index < poolings.Length; pooling++)
        {
            var isOffered = true;
            foreach (var other in excluded)
            {
                isOffered &= other != pooling;
            }

            if (isOffered)
            {
                poolings[index++] = pooling;
            }
        }

        return new Choice<Pooling>(poolings, known => known.Name());
    }

    /// <summary>An option that takes a precision.</summary>
    public static Option<EncoderPrecision?> CreatePrecision(string name, string description, params string[] aliases) =>
        new Choice<EncoderPrecision>(Enum.GetValues<EncoderPrecision>(), precision => precision.Name()).ToOption(name, description, aliases);

    /// <summary>What is put before every text.</summary>
    public static Option<string?> CreatePrompt() => new("--prompt")
    {
        Description = "What to put before every text, such as \"query: \", which many models were trained with (default: what the model folder says).",
        HelpName = "TEXT",
    };

    /// <summary>The name of a prompt of the model.</summary>
    public static Option<string?> CreatePromptName() => new("--prompt-name")
    {
        Description = "The name of a prompt of the model folder to put before every text; `micse info` lists them.",
        HelpName = "NAME",
    };

    /// <summary><c>--model</c> alone, for commands that do not encode.</summary>
    public static Option<string> CreateModel() => new("--model", "-m")
    {
        Description = "The model: a folder, the name of a built-in model, or an id on the Hugging Face Hub, ORGANISATION/NAME[@REVISION].",
        HelpName = "MODEL",
        DefaultValueFactory = _ => ModelName.Default,
    };

    /// <summary>Loads the model.</summary>
    public SentenceEncoder Load(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        Load(arguments.GetRequiredValue(Model), arguments, streams, cancellationToken);

    /// <summary>Loads the model for a command whose option for the precision is another.</summary>
    public SentenceEncoder Load(ParseResult arguments, StandardStreams streams, EncoderPrecision? precision, CancellationToken cancellationToken) => arguments.Take(() =>
        SentenceEncoder.Load(ModelName.Resolve(arguments.GetRequiredValue(Model), streams, cancellationToken), ToOptions(arguments) with { Precision = precision }));

    /// <summary>Loads another model with the same options.</summary>
    public SentenceEncoder Load(string model, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        arguments.Take(() => SentenceEncoder.Load(ModelName.Find(model, streams, cancellationToken), ToOptions(arguments)));

    /// <summary>Refuses sequences longer than a model takes.</summary>
    /// <exception cref="UsageException">They are.</exception>
    public static void CheckMaxTokens(Option option, int? maxTokens, ModelFolder model)
    {
        if (model.Static is null && maxTokens > model.Config.MaxTokens)
        {
            throw new UsageException($"{option.Name} is {maxTokens}, but {model.Path} takes at most {model.Config.MaxTokens} tokens.");
        }
    }

    /// <summary>What the options say, but for the model.</summary>
    public SentenceEncoderOptions ToOptions(ParseResult arguments) => new()
    {
        Pooling = arguments.GetValue(Pooling),
        Prompt = arguments.GetValue(Prompt),
        PromptName = arguments.GetValue(PromptName),
        MaxTokens = arguments.GetValue(MaxTokens),
        Dimensions = arguments.GetValue(Dimensions),
        Normalize = arguments.GetValue(Normalize),
        Precision = arguments.GetValue(Precision),
        Threads = arguments.GetValue(Threads),
        Backend = Device.Backend(arguments),
    };
}
