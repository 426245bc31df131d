using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Distillation;
using MiCse.Training.Loop;

namespace MiCse.Training.LowShot;

/// <summary>
/// A control arm: SimCSE's loss plus the divergence between the model's rankings of the sentences and those that it started with (ListNet, as in RankCSE, with the model's
/// own start as the teacher). It costs no labels either, so that miCSE has to be better than this and not only than nothing.
/// </summary>
internal static class SelfRanking
{
    /// <summary>Trains one cell.</summary>
    /// <param name="weight">Weight of the ranking; that of InfoNCE is 1.</param>
    /// <param name="options">The cell's, every default filled in.</param>
    /// <param name="model">The model that the training starts from, and its teacher.</param>
    /// <param name="corpus">The sentences.</param>
    /// <param name="folder">Where the model is written; an interrupted training there continues.</param>
    /// <param name="selection">Chooses the weights; null when they are those after the last step.</param>
    /// <param name="time">The clock that rates are measured with.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The evaluation that chose the weights; null when there was none.</returns>
    public static TrainingScore? Train(
        double weight,
        TrainingOptions options,
        ModelFolder model,
        SentenceCorpus corpus,
        string folder,
        TrainingEvaluation? selection,
        TimeProvider time,
        IProgress<TrainingEvent>? progress,
        CancellationToken cancellationToken)
    {
        using var start = SentenceEncoder.Load(model.Path, new SentenceEncoderOptions { Pooling = options.Pooling, Threads = options.Threads });
        var distillation = new DistillationOptions
        {
            CosineWeight = 0,
            SimilarityWeight = weight,
            InfoNceWeight = options.Alpha,
            Temperature = options.Temperature,
            TeacherTemperature = options.Temperature,
            Steps = options.Steps,
            BatchSize = options.BatchSize,
            LearningRate = options.LearningRate,
            WarmupSteps = options.WarmupSteps,
            Schedule = options.Schedule,
            WeightDecay = options.WeightDecay,
            MaxGradientNorm = options.MaxGradientNorm,
            MaxTokens = options.MaxTokens,
            HiddenDropout = options.HiddenDropout,
            AttentionDropout = options.AttentionDropout,
            Pooling = options.Pooling,
            HeldOut = 0,
            Selection = options.Selection,
            EvaluateEvery = options.EvaluateEvery,
            SaveEvery = options.SaveEvery,
            Seed = options.Seed,
            Precision = options.Precision,
            Threads = options.Threads,
        };
        var evaluation = options.Selection == CheckpointSelection.Score ? selection : null;
        var result = new Distiller(distillation, time)
            .Prepare(model, corpus, folder, [start], evaluation: evaluation, resume: Directory.Exists(new TrainingFolder(folder).Checkpoint), cancellationToken: cancellationToken)
            .Run(progress is null ? null : new Events(progress), cancellationToken);
        return result.Best is { } best ? new TrainingScore(best.Step, best.Score, HeldOut: null) : null;
    }

    private sealed class Events(IProgress<TrainingEvent> progress) : IProgress<DistillationEvent>
    {
        public void Report(DistillationEvent value) => progress.Report(new TrainingEvent
        {
            Step = value.Step,
            Steps = value.Steps,
            Loss = value.Loss,
            ContrastiveLoss = value.Loss,
            GradientNorm = value.GradientNorm,
            LearningRate = value.LearningRate,
            TokensPerSecond = value.TokensPerSecond,
            TimeLeft = value.TimeLeft,
            Score = value.Score?.Score,
            IsBest = value.IsBest,
            CheckpointSaved = value.CheckpointSaved,
            Warning = value.Warning,
        });
    }
}
