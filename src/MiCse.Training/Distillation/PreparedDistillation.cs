using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Vectors;

namespace MiCse.Training.Distillation;

/// <summary>A distillation whose teacher has done its part; see <see cref="Distiller.Prepare"/>.</summary>
internal sealed class PreparedDistillation(
    ModelFolder student,
    Tokenizer tokenizer,
    DistillationSetup setup,
    EmbeddingMatrix target,
    TrainingEvaluation? evaluation,
    double? teacherScore,
    string outputFolder,
    bool resume,
    ICollective ranks,
    TimeProvider time)
{
    /// <summary>Trains the student and writes it as a Hugging Face folder.</summary>
    /// <param name="progress">Receives every step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps and leaves a checkpoint to resume from.</param>
    /// <exception cref="ModelFormatException">The student or the checkpoint cannot be used.</exception>
    /// <exception cref="IOException">The output folder is in use or cannot be written.</exception>
    /// <exception cref="TrainingDivergedException">The loss, its gradient or a weight is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DistillationResult Run(IProgress<DistillationEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        var state = TrainingSession.Run<DistillationMeasures, DistillationScore>(
            student,
            setup.Plan,
            setup.Options,
            checkpoint => new DistillationObjective(checkpoint, student.Config, tokenizer, setup, target, evaluation),
            outputFolder,
            resume,
            ranks,
            time,
            progress is null ? null : report => progress.Report(Event(report)),
            cancellationToken);
        return new DistillationResult
        {
            Folder = Path.GetFullPath(outputFolder),
            Steps = state.Step,
            Loss = state.Last!.Loss,
            Cosine = state.Last.Cosine,
            Texts = setup.Data.Texts.Count,
            Scores = state.Scores,
            Best = state.Best,
            TeacherScore = teacherScore,
        };
    }

    private static DistillationEvent Event(StepReport<DistillationMeasures, DistillationScore> report) => new()
    {
        Step = report.State.Step,
        Steps = report.Steps,
        Loss = report.State.Last!.Loss,
        Cosine = report.State.Last.Cosine,
        GradientNorm = report.GradientNorm,
        LearningRate = report.LearningRate,
        TokensPerSecond = report.TokensPerSecond,
        TimeLeft = report.TimeLeft,
        Score = report.Score,
        IsBest = report.Score is not null && report.Score == report.State.Best,
        CheckpointSaved = report.CheckpointSaved,
        Warning = report.Warning,
    };
}
