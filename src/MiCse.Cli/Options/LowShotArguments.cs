using System.CommandLine;
using System.Globalization;
using MiCse.Cli.Terminal;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Model;

namespace MiCse.Cli.Options;

/// <summary>Every option of <c>lowshot</c> that says what is trained and how, and the <see cref="LowShotOptions"/> they make.</summary>
internal sealed class LowShotArguments
{
    private const string Paper = "the paper's for that number of sentences";

    private readonly Option<IReadOnlyList<long>?> _shots = NumberList.Optional(
        "--shots", $"Numbers of sentences to train on (default: {string.Join(',', Defaults.Shots)}).", 2, int.MaxValue);

    private readonly Option<IReadOnlyList<long>?> _seeds = NumberList.Optional(
        "--seeds", "Seeds; each decides sentences, order and dropout alike for all methods (default: 48..52).", 0, long.MaxValue);

    private readonly Option<IReadOnlyList<TrainingMethod>?> _methods = WordList.Optional<TrainingMethod>(
        "--methods", "The losses to compare (default: simcse,micse).", "METHODS", "simcse or micse", word => word switch
        {
            "simcse" => TrainingMethod.SimCse,
            "micse" => TrainingMethod.MiCse,
            _ => null,
        });

    private readonly Option<IReadOnlyList<double>?> _lambdas = WordList.Optional<double>(
        "--lambda",
        $"Weights of miCSE's attention mutual information, each an arm of its own (default: {Paper}: 0.001 up to 1,000, 0.0001 for 10,000, 0.0005 for 100,000).",
        "N,N",
        "a number of at least 0",
        word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number) ? number : null);

    private readonly Option<IReadOnlyList<LayerRange>?> _layers = WordList.Optional<LayerRange>(
        "--attention-layers",
        "Layers whose attention the two views share, first..end, 0-based, without the end, an even number; each an arm of its own (default: the paper's 7..11 of 12, or the same share of another depth).",
        "A..B,A..B",
        "layers such as 7..11",
        Layers);

    private readonly Option<IReadOnlyList<MutualInformationEstimator>?> _estimators = WordList.Optional<MutualInformationEstimator>(
        "--ami",
        "Attention mutual information from 150 sampled positions of a row (sampled), from all (exact), or both as arms of their own (default: sampled).",
        "AMI",
        "sampled or exact",
        word => word switch
        {
            "sampled" => MutualInformationEstimator.Sampled,
            "exact" => MutualInformationEstimator.Exact,
            _ => null,
        });

    private readonly Option<double?> _strongDropout = Number.Optional(
        "--strong-dropout", "Adds a control arm: SimCSE with this dropout everywhere, so that the two views differ more.", NumberRanges.Dropout);

    private readonly Option<double?> _selfRanking = Number.Optional(
        "--self-ranking",
        "Adds a control arm: SimCSE that with this weight also keeps the rankings of the sentences that the base model starts with (ListNet).", NumberRanges.Positive);

    private readonly Option<int?> _epochs = Number.Optional("--epochs", $"Runs through the sentences (default: {Paper}).", 1);
    private readonly Option<int?> _steps = Number.Optional("--steps", "Batches in every training, instead of epochs.", 1);
    private readonly Option<int> _batchSize = Number.WithDefault("--batch-size", "Sentences in a batch; each is contrasted with all others in it.", 2, () => Defaults.Training.BatchSize);
    private readonly Option<double> _learningRate = Number.WithDefault("--learning-rate", "Highest learning rate; it falls to 0 in a straight line. A small model wants more.", NumberRanges.Positive, () => Defaults.Training.LearningRate);
    private readonly Option<int> _warmup = Number.WithDefault("--warmup-steps", "Steps in which the learning rate rises from 0.", 0, () => Defaults.Training.WarmupSteps);
    private readonly Option<double> _temperature = Number.WithDefault("--temperature", "Divides the cosines.", NumberRanges.Positive, () => Defaults.Training.Temperature);
    private readonly Option<int> _maxTokens = Number.WithDefault("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included; longer sentences are cut.", 3, () => Defaults.Training.MaxTokens);
    private readonly Option<double?> _hiddenDropout = Number.Optional("--hidden-dropout", "Dropout of embeddings and layer outputs (default: the model's).", NumberRanges.Dropout);
    private readonly Option<double?> _attentionDropout = Number.Optional("--attention-dropout", "Dropout of attention probabilities (default: the model's).", NumberRanges.Dropout);
    private readonly Option<Pooling?> _pooling = ModelOptions.PoolingsBut(Pooling.Cls)
        .ToOption("--pooling", "The embedding that is trained and scored (default: what the model folder says, else cls-before-pooler).");

    private readonly TrainingPrecisionOption _precision = new("the linear layers in training");

    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly DeviceOptions _device = new();
    private readonly Option<int?> _evaluateEvery = Number.Optional("--eval-every", $"Steps between evaluations on STS-B dev (default: {Paper}: 250 for 100, else 500).", 1);
    private readonly Option<CheckpointSelection?> _selection = new Choice<CheckpointSelection>(("score", CheckpointSelection.Score), ("last", CheckpointSelection.Last))
        .ToOption("--select", "The weights that are kept: those with the best score on STS-B dev, as in the paper, or the last (default: score).");

    private readonly Option<bool> _keepModels = new("--keep-models") { Description = "Keep the trained models, in FOLDER/models." };

    public LowShotArguments() => _layers.Aliases.Add("--layers");

    /// <summary>What is compared.</summary>
    public IReadOnlyList<Option> Study => [_shots, _seeds, _methods, _lambdas, _layers, _estimators, _strongDropout, _selfRanking];

    /// <summary>How every model is trained.</summary>
    public IReadOnlyList<Option> Training =>
        [_epochs, _steps, _batchSize, _learningRate, _warmup, _temperature, _maxTokens, _pooling, _hiddenDropout, _attentionDropout, _precision.Option, _threads, .. _device.All];

    /// <summary>Which weights are scored.</summary>
    public IReadOnlyList<Option> Selection => [_evaluateEvery, _selection];

    /// <summary>Whether the trained models stay.</summary>
    public Option KeepModels => _keepModels;

    private static LowShotOptions Defaults { get; } = new();

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">Values for miCSE without miCSE.</exception>
    public LowShotOptions ToOptions(ParseResult arguments) => ToOptions(arguments, _device.ForTraining(arguments));

    private LowShotOptions ToOptions(ParseResult arguments, ComputeDevice device) => new()
    {
        Shots = arguments.GetValue(_shots) is { } shots ? [.. shots.Select(number => (int)number)] : Defaults.Shots,
        Seeds = arguments.GetValue(_seeds) ?? Defaults.Seeds,
        Arms =
        [
            .. OptionValues.Read(_methods.Name, () => LowShotArm.Combine(
                arguments.GetValue(_methods) ?? [.. Defaults.Arms.Select(arm => arm.Method)],
                arguments.GetValue(_lambdas) ?? [],
                arguments.GetValue(_layers) ?? [],
                arguments.GetValue(_estimators) ?? [])),
            .. arguments.GetValue(_strongDropout) is { } dropout ? [LowShotArm.Control with { Dropout = dropout }] : Array.Empty<LowShotArm>(),
            .. arguments.GetValue(_selfRanking) is { } ranking ? [LowShotArm.Control with { SelfRanking = ranking }] : Array.Empty<LowShotArm>(),
        ],
        Epochs = arguments.GetValue(_epochs),
        EvaluateEvery = arguments.GetValue(_evaluateEvery),
        KeepModels = arguments.GetValue(_keepModels),
        Training = Defaults.Training with
        {
            Steps = arguments.GetValue(_steps),
            BatchSize = arguments.GetValue(_batchSize),
            LearningRate = arguments.GetValue(_learningRate),
            WarmupSteps = arguments.GetValue(_warmup),
            Temperature = arguments.GetValue(_temperature),
            MaxTokens = arguments.GetValue(_maxTokens),
            HiddenDropout = arguments.GetValue(_hiddenDropout),
            AttentionDropout = arguments.GetValue(_attentionDropout),
            Pooling = arguments.GetValue(_pooling) ?? Defaults.Training.Pooling,
            Precision = _precision.Of(arguments, device) ?? Defaults.Training.Precision,
            Threads = arguments.GetValue(_threads),
            Device = device,
            Selection = arguments.GetValue(_selection),
        },
    };

    private static LayerRange? Layers(string word)
    {
        try
        {
            return LayerRange.Parse(word);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
