using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;

namespace MiCse.Training.Pretraining;

/// <summary>
/// Pretrains an encoder by masked language modelling (Devlin et al., NAACL 2019, without the prediction of the next sentence): what comes
/// before contrastive training when weights are fresh, or when the texts are unlike those the weights know. The outcome depends on
/// options, model and data alone: the same seed gives the same bytes, however often it was interrupted and resumed. Thread-safe; trainings
/// wait for each other. What the number of threads may change is the same as in <see cref="Contrastive.Trainer"/>.
/// </summary>
/// <remarks>
/// A batch holds texts of similar length, one a sequence, up to a budget of tokens. Packing several texts into a sequence leaves as little padding
/// but lets them see each other, puts them at positions where a sentence encoder never meets them, and pays for longer attention.
/// </remarks>
public sealed class Pretrainer
{
    private readonly PretrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly ICollective _ranks;

    /// <summary>Prepares pretrainings with the same options.</summary>
    /// <param name="options">Checked when a pretraining starts, together with the model and the data.</param>
    /// <param name="time">The clock that rates are measured with; null takes the system's.</param>
    /// <param name="ranks">
    /// The processes that share the training, each of which calls the same method with the same arguments; null for this one alone. They share the slices of
    /// <see cref="PretrainingOptions.Slices"/>, and the outcome is that of one process with as many slices, to the same bytes.
    /// </param>
    public Pretrainer(PretrainingOptions options, TimeProvider? time = null, ICollective? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _ranks = ranks ?? SingleProcess.Instance;
    }

    /// <summary>Pretrains a model and writes it with its head as a Hugging Face folder, which transformers opens with <c>AutoModelForMaskedLM</c>.</summary>
    /// <param name="model">What the pretraining starts from; its masked-language-model head too, if it has one.</param>
    /// <param name="corpus">The texts; all columns are texts of their own.</param>
    /// <param name="outputFolder">A new or empty folder; during the pretraining it holds <c>checkpoint/</c>, afterwards the model.</param>
    /// <param name="evaluation">Scores the encoder on labelled data every <see cref="PretrainingOptions.EvaluateEvery"/> steps and after the last; null for no scores.</param>
    /// <param name="resume">
    /// Continues from the checkpoint in the output folder, to the same bits as without interruption. With more steps or epochs than before, the rest follows
    /// the longer schedule: the learning rate is from there on that of a training which had them from the start. Nothing else may differ.
    /// </param>
    /// <param name="progress">Receives every step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps and leaves a checkpoint to resume from.</param>
    /// <exception cref="ArgumentException">The options are out of range or do not fit the model or data.</exception>
    /// <exception cref="ModelFormatException">The model or the checkpoint cannot be used.</exception>
    /// <exception cref="Files.DataFormatException">The data has no text to train on besides what is held out.</exception>
    /// <exception cref="IOException">The output folder is in use, cannot be written, or has no checkpoint to resume from.</exception>
    /// <exception cref="TrainingDivergedException">The loss, its gradient or a weight is not a finite number.</exception>
    /// <exception cref="RankFailureException">Several ranks share the training, and it has failed as above on one of them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PretrainingResult Pretrain(
        ModelFolder model,
        SentenceCorpus corpus,
        string outputFolder,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        IProgress<PretrainingEvent>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        var (tokenizer, setup) = _ranks.Together(() =>
        {
            var tokenizer = FolderTokenizer.Load(model);
            return (tokenizer, PretrainingSetup.For(_options, model, tokenizer, corpus, evaluation is not null, cancellationToken));
        });
        var state = TrainingSession.Run<PretrainingMeasures, PretrainingScore>(
            model,
            setup.Plan,
            setup.Options,
            checkpoint => new PretrainingObjective(checkpoint, model.Config, tokenizer, setup, evaluation),
            outputFolder,
            resume,
            _ranks,
            _time,
            progress is null ? null : report => progress.Report(Event(report)),
            cancellationToken);
        return new PretrainingResult
        {
            Folder = Path.GetFullPath(outputFolder),
            Pooling = setup.Options.Pooling,
            Steps = state.Step,
            Tokens = state.Tokens,
            PaddingShare = state.PaddingShare,
            Loss = state.Last!.Loss,
            Scores = state.Scores,
        };
    }

    private static PretrainingEvent Event(StepReport<PretrainingMeasures, PretrainingScore> report) => new()
    {
        Step = report.State.Step,
        Steps = report.Steps,
        Loss = report.State.Last!.Loss,
        GradientNorm = report.GradientNorm,
        LearningRate = report.LearningRate,
        Tokens = report.State.Tokens,
        PaddingShare = report.State.PaddingShare,
        TokensPerSecond = report.TokensPerSecond,
        TimeLeft = report.TimeLeft,
        Score = report.Score,
        CheckpointSaved = report.CheckpointSaved,
        Warning = report.Warning,
    };
}
