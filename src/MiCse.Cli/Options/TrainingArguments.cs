using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;

namespace MiCse.Cli.Options;

/// <summary>Every option of <c>train</c> that says how to train, and the <see cref="TrainingOptions"/> they make.</summary>
internal sealed class TrainingArguments
{
    private readonly TrainingLoopOptions _loop = new(Defaults, "the linear layers");
    private readonly Option<TrainingMethod?> _method = new Choice<TrainingMethod>(("micse", TrainingMethod.MiCse), ("simcse", TrainingMethod.SimCse))
        .ToOption("--method", "The loss: miCSE's, or as the control arm SimCSE's without attention mutual information (default: micse).");

    private readonly Option<LayerRange?> _layers = new("--attention-layers", "--layers")
    {
        Description = "The layers whose attention the two views share, first..end, 0-based, without the end, an even number (default: the paper's 7..11 of 12, or the same share of another depth).",
        HelpName = "A..B",
        CustomParser = result =>
        {
            try
            {
                return LayerRange.Parse(result.Tokens[0].Value);
            }
            catch (FormatException exception)
            {
                result.AddError($"--attention-layers: {exception.Message}");
                return null;
            }
        },
    };

    private readonly Option<double> _lambda = Number.WithDefault("--lambda", "Weight of the attention mutual information.", 0, () => Defaults.Lambda);
    private readonly Option<double> _alpha = Number.WithDefault("--alpha", "Weight of the contrastive loss.", 0, () => Defaults.Alpha);
    private readonly Option<double> _temperature = Number.WithDefault("--temperature", "Divides the cosines.", NumberRanges.Positive, () => Defaults.Temperature);
    private readonly Option<MutualInformationEstimator?> _estimator =
        new Choice<MutualInformationEstimator>(("sampled", MutualInformationEstimator.Sampled), ("exact", MutualInformationEstimator.Exact))
            .ToOption("--ami", "Attention mutual information from 150 sampled positions of a row, as in the paper, or from all (default: sampled).");

    private readonly Option<double> _maskedWeight =
        Number.WithDefault("--mlm-weight", "Weight of masked language modelling on the same texts; 0 is off.", 0, () => Defaults.MaskedLanguageModelWeight);

    private readonly Option<double> _hardNegativeWeight =
        Number.WithDefault("--hard-negative-weight", "Added to the logit of a sentence's own hard negative.", 0, () => Defaults.HardNegativeWeight);

    private readonly Option<int> _epochs = Number.WithDefault("--epochs", "Runs through the data, unless --steps is given.", 1, () => Defaults.Epochs);
    private readonly Option<int> _batchSize = Number.WithDefault("--batch-size", "Sentences in a batch; each is contrasted with all others in it.", 2, () => Defaults.BatchSize);
    private readonly Option<bool> _likeLength = new("--like-length") { Description = "Let sentences of similar length share a batch: less is computed for padding, and length does not tell sentences apart." };
    private readonly Option<double> _learningRate = Number.WithDefault("--learning-rate", "Highest learning rate. A small model with fresh weights wants 3e-4.", NumberRanges.Positive, () => Defaults.LearningRate);
    private readonly Option<int> _warmup = Number.WithDefault("--warmup-steps", "Steps in which the learning rate rises from 0.", 0, () => Defaults.WarmupSteps);
    private readonly Option<int> _maxTokens = Number.WithDefault("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included; longer texts are cut.", 3, () => Defaults.MaxTokens);
    private readonly Option<double?> _hiddenDropout = Number.Optional("--hidden-dropout", "Dropout of embeddings and layer outputs (default: the model's).", NumberRanges.Dropout);
    private readonly Option<double?> _attentionDropout = Number.Optional("--attention-dropout", "Dropout of attention probabilities (default: the model's).", NumberRanges.Dropout);
    private readonly Option<Pooling?> _pooling = ModelOptions.PoolingsBut(Pooling.Cls)
        .ToOption("--pooling", "The embedding that is trained, evaluated and exported (default: what the model folder says, else cls-before-pooler).");

    private readonly Option<string[]> _freeze = new("--freeze")
    {
        Description = "Weights that stay as they are, by the beginning of their name, for example embeddings.position_embeddings or encoder.layer.0; may be given several times.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _heldOut = Number.Optional(
        "--held-out", "Sentences that are not trained on and measured at each evaluation (default: 5 % and at most 256; of fewer than 1,280 sentences none, unless --select label-free needs them).", 0);

    private readonly Option<CheckpointSelection?> _selection = new Choice<CheckpointSelection>(
        ("score", CheckpointSelection.Score), ("label-free", CheckpointSelection.LabelFree), ("last", CheckpointSelection.Last))
        .ToOption("--select", "The weights that are kept: those with the best score on --eval-data, those with the lowest loss on held-out sentences, or the last (default: score with --eval-data, else last).");

    /// <summary>When the model is evaluated, on which sentences, and what for.</summary>
    public IReadOnlyList<Option> Evaluation => [_loop.EvaluateEvery, _heldOut, _selection];

    /// <summary>Steps between checkpoints.</summary>
    public Option SaveEvery => _loop.SaveEvery;

    /// <summary>What is minimised.</summary>
    public IReadOnlyList<Option> Loss => [_method, _layers, _lambda, _alpha, _temperature, _estimator, _maskedWeight, _hardNegativeWeight];

    /// <summary>How long and how fast.</summary>
    public IReadOnlyList<Option> Schedule => [_epochs, _loop.Steps, _batchSize, _likeLength, _learningRate, _loop.Schedule, _warmup, _loop.WeightDecay, _loop.MaxGradientNorm];

    /// <summary>How the encoder runs.</summary>
    public IReadOnlyList<Option> Encoder => [_maxTokens, _pooling, _hiddenDropout, _attentionDropout, _loop.Precision.Option, _freeze, .. _loop.AfterPrecision];

    private static TrainingOptions Defaults { get; } = new();

    /// <summary>Refuses what this model cannot do, before the data is read.</summary>
    /// <exception cref="UsageException">It has fewer layers or takes shorter sequences than the options say.</exception>
    public void Check(TrainingOptions options, ModelFolder model)
    {
        ModelOptions.CheckMaxTokens(_maxTokens, options.MaxTokens, model);
        if (options is { Method: TrainingMethod.MiCse, Layers: { } layers })
        {
            OptionValues.Read(_layers.Name, () => layers.Validate(model.Config.Layers));
        }
    }

    /// <summary>The options as the library takes them.</summary>
    public TrainingOptions ToOptions(ParseResult arguments) => ToOptions(arguments, _loop.Device.ForTraining(arguments));

    private TrainingOptions ToOptions(ParseResult arguments, ComputeDevice device) => new()
    {
        Method = arguments.GetValue(_method) ?? Defaults.Method,
        Layers = arguments.GetValue(_layers),
        Lambda = arguments.GetValue(_lambda),
        Alpha = arguments.GetValue(_alpha),
        Temperature = arguments.GetValue(_temperature),
        Estimator = arguments.GetValue(_estimator) ?? Defaults.Estimator,
        Epochs = arguments.GetValue(_epochs),
        Steps = arguments.GetValue(_loop.Steps),
        BatchSize = arguments.GetValue(_batchSize),
        GroupByLength = arguments.GetValue(_likeLength),
        LearningRate = arguments.GetValue(_learningRate),
        Schedule = arguments.GetValue(_loop.Schedule) ?? Defaults.Schedule,
        WarmupSteps = arguments.GetValue(_warmup),
        WeightDecay = arguments.GetValue(_loop.WeightDecay),
        MaxGradientNorm = arguments.GetValue(_loop.MaxGradientNorm),
        MaxTokens = arguments.GetValue(_maxTokens),
        HiddenDropout = arguments.GetValue(_hiddenDropout),
        AttentionDropout = arguments.GetValue(_attentionDropout),
        MaskedLanguageModelWeight = arguments.GetValue(_maskedWeight),
        HardNegativeWeight = arguments.GetValue(_hardNegativeWeight),
        Pooling = arguments.GetValue(_pooling),
        Freeze = arguments.GetValue(_freeze) ?? [],
        EvaluateEvery = arguments.GetValue(_loop.EvaluateEvery),
        HeldOut = arguments.GetValue(_heldOut),
        Selection = arguments.GetValue(_selection),
        SaveEvery = arguments.GetValue(_loop.SaveEvery),
        Seed = arguments.GetValue(_loop.Seed),
        Precision = _loop.Precision.Of(arguments, device) ?? Defaults.Precision,
        Slices = arguments.GetValue(_loop.Slices),
        Threads = arguments.GetValue(_loop.Threads),
        Device = device,
    };
}
