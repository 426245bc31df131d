using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;

namespace MiCse.Training.Contrastive;

/// <summary>
/// Trains an encoder with the miCSE loss. The outcome depends on options, model and data alone: the same seed gives the same bytes,
/// however often the training was interrupted and resumed. Thread-safe; libtorch's random numbers belong to the process, so trainings
/// wait for each other.
/// </summary>
/// <remarks>
/// The number of processor threads does not change a bit either, as far as libtorch's matrix multiplications allow: with layers of 64 and
/// wider that was measured for 1 to 8 threads on two cores (a layer of 24 differed from 3 threads on), and libtorch does not
/// promise it. So a resumed training takes the number of threads of the one it continues; if the options say another, the first event
/// has a <see cref="TrainingEvent.Warning"/>.
/// </remarks>
public sealed class Trainer
{
    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly ICollective _ranks;

    /// <summary>Prepares trainings with the same options.</summary>
    /// <param name="options">Checked when a training starts, together with the model and the data.</param>
    /// <param name="time">The clock that rates are measured with; null takes the system's.</param>
    /// <param name="ranks">
    /// The processes that share the training, each of which calls the same method with the same arguments; null for this one alone. They share the slices of
    /// <see cref="TrainingOptions.Slices"/>, and the outcome is that of one process with as many slices, to the same bytes.
    /// </param>
    public Trainer(TrainingOptions options, TimeProvider? time = null, ICollective? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _ranks = ranks ?? SingleProcess.Instance;
    }

    /// <summary>Whether a resumed training may have more steps than before; true by default.</summary>
    internal bool CanExtend { get; init; } = true;

    /// <summary>Trains a model and writes it as a Hugging Face folder.</summary>
    /// <param name="model">What the training starts from.</param>
    /// <param name="corpus">The data.</param>
    /// <param name="outputFolder">A new or empty folder; during the training it holds <c>checkpoint/</c>, afterwards the model.</param>
    /// <param name="evaluation">
    /// Scores the model on labelled data every <see cref="TrainingOptions.EvaluateEvery"/> steps and after the last; null for no scores.
    /// <see cref="TrainingOptions.Selection"/> says which weights are kept.
    /// </param>
    /// <param name="resume">
    /// Continues from the checkpoint in the output folder, to the same bits as without interruption. With more steps or epochs than before, the rest follows
    /// the longer schedule: the learning rate is from there on that of a training which had them from the start. Nothing else may differ.
    /// </param>
    /// <param name="progress">Receives every step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps and leaves a checkpoint to resume from.</param>
    /// <exception cref="ArgumentException">The options are out of range or do not fit the model or data.</exception>
    /// <exception cref="ModelFormatException">The model or the checkpoint cannot be used.</exception>
    /// <exception cref="Files.DataFormatException">The data has fewer sentences than a batch and what is held out need.</exception>
    /// <exception cref="IOException">The output folder is in use, cannot be written, or has no checkpoint to resume from.</exception>
    /// <exception cref="TrainingDivergedException">The loss, its gradient or a weight is not a finite number.</exception>
    /// <exception cref="RankFailureException">Several ranks share the training, and it has failed as above on one of them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TrainingResult Train(
        ModelFolder model,
        SentenceCorpus corpus,
        string outputFolder,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        IProgress<TrainingEvent>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        var (tokenizer, setup) = _ranks.Together(() =>
        {
            var tokenizer = FolderTokenizer.Load(model);
            return (tokenizer, ContrastiveSetup.For(_options, model, tokenizer, corpus, evaluation is not null));
        });
        var state = TrainingSession.Run<ContrastiveMeasures, TrainingScore>(
            model,
            CanExtend ? setup.Plan : setup.Plan with { Extensible = [] },
            setup.Options,
            checkpoint => new ContrastiveObjective(checkpoint, model.Config, tokenizer, setup, evaluation),
            outputFolder,
            resume,
            _ranks,
            _time,
            progress is null ? null : report => progress.Report(Event(report)),
            cancellationToken);
        return new TrainingResult
        {
            Folder = Path.GetFullPath(outputFolder),
            Steps = state.Step,
            Loss = state.Last!.Loss,
            ContrastiveLoss = state.Last.ContrastiveLoss,
            AttentionMutualInformation = state.Last.AttentionMutualInformation,
            Scores = state.Scores,
            Best = state.Best,
        };
    }

    private static TrainingEvent Event(StepReport<ContrastiveMeasures, TrainingScore> report)
    {
        var measures = report.State.Last!;
        return new TrainingEvent
        {
            Step = report.State.Step,
            Steps = report.Steps,
            Loss = measures.Loss,
            ContrastiveLoss = measures.ContrastiveLoss,
            AttentionMutualInformation = measures.AttentionMutualInformation,
            MaskedLanguageModelLoss = measures.MaskedLanguageModelLoss,
            GradientNorm = report.GradientNorm,
            LearningRate = report.LearningRate,
            TokensPerSecond = report.TokensPerSecond,
            TimeLeft = report.TimeLeft,
            Score = report.Score?.Score,
            HeldOut = report.Score?.HeldOut,
            IsBest = report.Score is not null && report.Score == report.State.Best,
            CheckpointSaved = report.CheckpointSaved,
            Warning = report.Warning,
        };
    }
}
