using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Training.Pretraining;

namespace MiCse.Cli.Options;

/// <summary>Every option of <c>pretrain</c> that says how to train, and the <see cref="PretrainingOptions"/> they make.</summary>
internal sealed class PretrainingArguments
{
    private readonly TrainingLoopOptions _loop = new(Defaults, "linear layers and word scores");
    private readonly Option<bool> _wholeWords = new("--whole-word") { Description = "Mask all tokens of a word together, so that none is predicted from the rest of its word." };
    private readonly Option<int> _epochs = Number.WithDefault("--epochs", "Runs through the data, unless --steps is given.", 1, () => Defaults.Epochs);
    private readonly Option<int> _batchTokens = Number.WithDefault("--batch-tokens", "Tokens in a batch, which holds as many sentences of similar length as fit.", 1, () => Defaults.BatchTokens);
    private readonly Option<double> _learningRate = Number.WithDefault("--learning-rate", "Highest learning rate. 5e-5 to go on from a pretrained BERT-base.", NumberRanges.Positive, () => Defaults.LearningRate);
    private readonly Option<int?> _warmup = Number.Optional("--warmup-steps", "Steps in which the learning rate rises from 0 (default: a twentieth of all).", 0);
    private readonly Option<int?> _maxTokens = Number.Optional("--max-tokens", "Longest sequence in tokens, [CLS] and [SEP] included; longer texts are cut (default: 128, or what the model takes if that is less).", 3);
    private readonly Option<double?> _hiddenDropout = Number.Optional("--hidden-dropout", "Dropout of embeddings and layer outputs (default: the model's).", NumberRanges.Dropout);
    private readonly Option<double?> _attentionDropout = Number.Optional("--attention-dropout", "Dropout of attention probabilities (default: the model's).", NumberRanges.Dropout);
    private readonly Option<Pooling?> _pooling = ModelOptions.PoolingsBut(Pooling.Cls)
        .ToOption("--pooling", "The pooling that is written into the folder and scored (default: mean, because [CLS] stands for nothing yet).");

    private readonly Option<int?> _heldOut = Number.Optional(
        "--held-out", "Sentences that are not trained on; their loss is measured at each evaluation (default: 5 % and at most 2,000).", 0);

    /// <summary>Steps between checkpoints.</summary>
    public Option SaveEvery => _loop.SaveEvery;

    /// <summary>How long and how fast.</summary>
    public IReadOnlyList<Option> Schedule => [_epochs, _loop.Steps, _batchTokens, _learningRate, _loop.Schedule, _warmup, _loop.WeightDecay, _loop.MaxGradientNorm];

    /// <summary>How the encoder runs.</summary>
    public IReadOnlyList<Option> Encoder => [_wholeWords, _maxTokens, _pooling, _hiddenDropout, _attentionDropout, .. _loop.Computation];

    /// <summary>When the model is evaluated, and on which sentences.</summary>
    public IReadOnlyList<Option> Evaluation => [_loop.EvaluateEvery, _heldOut];

    private static PretrainingOptions Defaults { get; } = new();

    /// <summary>Refuses what this model cannot do, before the data is read.</summary>
    /// <exception cref="UsageException">It takes shorter sequences than the options say.</exception>
    public void Check(PretrainingOptions options, ModelFolder model) => ModelOptions.CheckMaxTokens(_maxTokens, options.MaxTokens, model);

    /// <summary>The options as the library takes them.</summary>
    public PretrainingOptions ToOptions(ParseResult arguments) => ToOptions(arguments, _loop.Device.ForTraining(arguments));

    private PretrainingOptions ToOptions(ParseResult arguments, ComputeDevice device) => new()
    {
        WholeWords = arguments.GetValue(_wholeWords),
        Epochs = arguments.GetValue(_epochs),
        Steps = arguments.GetValue(_loop.Steps),
        BatchTokens = arguments.GetValue(_batchTokens),
        LearningRate = arguments.GetValue(_learningRate),
        Schedule = arguments.GetValue(_loop.Schedule) ?? Defaults.Schedule,
        WarmupSteps = arguments.GetValue(_warmup),
        WeightDecay = arguments.GetValue(_loop.WeightDecay),
        MaxGradientNorm = arguments.GetValue(_loop.MaxGradientNorm),
        MaxTokens = arguments.GetValue(_maxTokens),
        HiddenDropout = arguments.GetValue(_hiddenDropout),
        AttentionDropout = arguments.GetValue(_attentionDropout),
        Pooling = arguments.GetValue(_pooling) ?? Defaults.Pooling,
        HeldOut = arguments.GetValue(_heldOut),
        EvaluateEvery = arguments.GetValue(_loop.EvaluateEvery),
        SaveEvery = arguments.GetValue(_loop.SaveEvery),
        Seed = arguments.GetValue(_loop.Seed),
        Precision = _loop.Precision.Of(arguments, device) ?? Defaults.Precision,
        Slices = arguments.GetValue(_loop.Slices),
        Threads = arguments.GetValue(_loop.Threads),
        Device = device,
    };
}
