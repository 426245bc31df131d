using System.CommandLine;
using System.Globalization;
using MiCse.Cli.Terminal;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.Distillation;

namespace MiCse.Cli.Options;

/// <summary>Every option of <c>distill</c> that says how to train, and the <see cref="DistillationOptions"/> they make.</summary>
internal sealed class DistillationArguments
{
    private readonly TrainingLoopOptions _loop = new(Defaults, "the student's linear layers");
    private readonly Option<IReadOnlyList<WeightedLoss>?> _losses = WordList.Optional<WeightedLoss>(
        "--loss",
        "What is minimised: cosine or l2, the distance to the teacher's embedding; contrastive, InfoNCE to it; similarity, the divergence of the similarities to other texts. "
        + "Several are added, each with a weight after a colon (default: cosine:1,similarity:1).",
        "LOSS[:WEIGHT],…",
        "cosine, l2, contrastive or similarity, with a weight of at least 0 after a colon if it is not 1",
        ParseLoss);

    private readonly Option<double> _infoNce = Number.WithDefault("--infonce-weight", "Weight of InfoNCE between two views of a text that differ by dropout, as train has it.", 0, () => Defaults.InfoNceWeight);
    private readonly Option<double> _lambda = Number.WithDefault("--lambda", "Weight of the attention mutual information of two views.", 0, () => Defaults.Lambda);
    private readonly Option<double> _temperature = Number.WithDefault("--temperature", "Divides the student's cosines.", NumberRanges.Positive, () => Defaults.Temperature);
    private readonly Option<double> _teacherTemperature = Number.WithDefault("--teacher-temperature", "Divides the teacher's cosines in the similarity loss.", NumberRanges.Positive, () => Defaults.TeacherTemperature);
    private readonly Option<int> _queue = Number.WithDefault("--queue", "The teacher's embeddings of other texts that a batch is compared with, drawn anew for each step.", 2, () => Defaults.Queue);
    private readonly Option<int> _epochs = Number.WithDefault("--epochs", "Runs through the texts, unless --steps is given.", 1, () => Defaults.Epochs);
    private readonly Option<int> _batchSize = Number.WithDefault("--batch-size", "Texts in a batch; they are of similar length.", 2, () => Defaults.BatchSize);
    private readonly Option<double> _learningRate = Number.WithDefault("--learning-rate", "Highest learning rate.", NumberRanges.Positive, () => Defaults.LearningRate);
    private readonly Option<int?> _warmup = Number.Optional("--warmup-steps", "Steps in which the learning rate rises from 0 (default: a twentieth of all).", 0);
    private readonly Option<int?> _maxTokens = Number.Optional("--max-tokens", "Longest sequence of the student in tokens, [CLS] and [SEP] included; longer texts are cut (default: 128, or what the student takes if that is less).", 3);
    private readonly Option<double?> _hiddenDropout = Number.Optional("--hidden-dropout", "Dropout of embeddings and layer outputs (default: 0, or the student's where two views are compared).", NumberRanges.Dropout);
    private readonly Option<double?> _attentionDropout = Number.Optional("--attention-dropout", "Dropout of attention probabilities (default: as --hidden-dropout).", NumberRanges.Dropout);
    private readonly Option<Pooling?> _pooling = ModelOptions.PoolingsBut(Pooling.Cls)
        .ToOption("--pooling", "The embedding that is trained, scored and written (default: what the student's folder says).");

    private readonly Option<int?> _heldOut = Number.Optional("--held-out", "Texts that are not trained on; the mean cosine to the teacher is measured on them (default: 5 % and at most 1,000).", 0);
    private readonly Option<CheckpointSelection?> _selection = new Choice<CheckpointSelection>(
        ("score", CheckpointSelection.Score), ("label-free", CheckpointSelection.LabelFree), ("last", CheckpointSelection.Last))
        .ToOption("--select", "The weights that are kept: those with the best score on --eval-data, those nearest to the teacher on held-out texts, or the last (default: score with --eval-data, else last).");

    /// <summary>What is minimised.</summary>
    public IReadOnlyList<Option> Loss => [_losses, _infoNce, _lambda, _temperature, _teacherTemperature, _queue];

    /// <summary>How long and how fast.</summary>
    public IReadOnlyList<Option> Schedule => [_epochs, _loop.Steps, _batchSize, _learningRate, _loop.Schedule, _warmup, _loop.WeightDecay, _loop.MaxGradientNorm];

    /// <summary>How the student runs.</summary>
    public IReadOnlyList<Option> Encoder => [_maxTokens, _pooling, _hiddenDropout, _attentionDropout, .. _loop.Computation];

    /// <summary>When the student is evaluated, on which texts, and what for.</summary>
    public IReadOnlyList<Option> Evaluation => [_loop.EvaluateEvery, _heldOut, _selection];

    /// <summary>Steps between checkpoints.</summary>
    public Option SaveEvery => _loop.SaveEvery;

    /// <summary>The device, of the teacher too.</summary>
    public DeviceOptions Device => _loop.Device;

    /// <summary>Processor threads, of the teacher too.</summary>
    public Option<int?> Threads => _loop.Threads;

    private static DistillationOptions Defaults { get; } = new();

    /// <summary>Refuses what this student cannot do, before the data is read.</summary>
    /// <exception cref="UsageException">It takes shorter sequences than the options say.</exception>
    public void Check(DistillationOptions options, ModelFolder student) => ModelOptions.CheckMaxTokens(_maxTokens, options.MaxTokens, student);

    /// <summary>The options as the library takes them.</summary>
    public DistillationOptions ToOptions(ParseResult arguments)
    {
        var device = _loop.Device.ForTraining(arguments);
        var options = new DistillationOptions
        {
            InfoNceWeight = arguments.GetValue(_infoNce),
            Lambda = arguments.GetValue(_lambda),
            Temperature = arguments.GetValue(_temperature),
            TeacherTemperature = arguments.GetValue(_teacherTemperature),
            Queue = arguments.GetValue(_queue),
            Epochs = arguments.GetValue(_epochs),
            Steps = arguments.GetValue(_loop.Steps),
            BatchSize = arguments.GetValue(_batchSize),
            LearningRate = arguments.GetValue(_learningRate),
            Schedule = arguments.GetValue(_loop.Schedule) ?? Defaults.Schedule,
            WarmupSteps = arguments.GetValue(_warmup),
            WeightDecay = arguments.GetValue(_loop.WeightDecay),
            MaxGradientNorm = arguments.GetValue(_loop.MaxGradientNorm),
            MaxTokens = arguments.GetValue(_maxTokens),
            HiddenDropout = arguments.GetValue(_hiddenDropout),
            AttentionDropout = arguments.GetValue(_attentionDropout),
            Pooling = arguments.GetValue(_pooling),
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
        return arguments.GetValue(_losses) is not { } losses ? options : options with
        {
            CosineWeight = WeightOf("cosine", losses),
            L2Weight = WeightOf("l2", losses),
            ContrastiveWeight = WeightOf("contrastive", losses),
            SimilarityWeight = WeightOf("similarity", losses),
        };
    }

    private static double WeightOf(string name, IReadOnlyList<WeightedLoss> losses) => losses.Where(loss => loss.Name == name).Sum(loss => loss.Weight);

    private static WeightedLoss? ParseLoss(string word)
    {
        var parts = word.Split(':');
        var weight = 1.0;
        return parts.Length <= 2
            && parts[0] is "cosine" or "l2" or "contrastive" or "similarity"
            && (parts.Length == 1 || (double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && weight >= 0 && double.IsFinite(weight)))
            ? new WeightedLoss(parts[0], weight)
            : null;
    }

    private readonly record struct WeightedLoss(string Name, double Weight);
}
