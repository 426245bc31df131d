using MiCse.Files;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;

namespace MiCse.Training.Distillation;

/// <summary>
/// Teaches a student the embeddings of a teacher. Those are computed once; then the outcome depends on options, student, teacher and texts alone: the same seed gives
/// the same bytes, however often it was interrupted and resumed. Thread-safe; trainings wait for each other.
/// </summary>
internal sealed class Distiller
{
    private readonly DistillationOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Prepares distillations with the same options.</summary>
    /// <param name="options">Checked when a distillation starts, together with student and texts.</param>
    /// <param name="time">The clock that rates are measured with; null takes the system's.</param>
    public Distiller(DistillationOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Computes what the teachers make of the texts, as far as it is not there yet. The teachers are not needed afterwards.</summary>
    /// <param name="student">What the training starts from.</param>
    /// <param name="corpus">The texts; all columns are texts of their own, and equal ones count once.</param>
    /// <param name="outputFolder">A new or empty folder; during the training it holds <c>checkpoint/</c>, afterwards the student.</param>
    /// <param name="encoders">The teachers; of several the mean of their cosines is learnt.</param>
    /// <param name="cache">
    /// The .npy file that keeps the teacher's embeddings, for this distillation and others of the same texts; null: in the checkpoint, until the student is done.
    /// </param>
    /// <param name="evaluation">Scores the student, and here the teacher, on labelled data; null for no scores.</param>
    /// <param name="resume">Continues from the checkpoint in the output folder, to the same bits as without interruption, or from the embeddings that the teacher has computed.</param>
    /// <param name="progress">Receives how far the teacher is.</param>
    /// <param name="cancellationToken">Stops; the embeddings that are done are kept.</param>
    /// <exception cref="ArgumentException">The options are out of range or do not fit the student or the texts.</exception>
    /// <exception cref="ModelFormatException">The student cannot be used.</exception>
    /// <exception cref="DataFormatException">There are too few texts, or the file of embeddings is another's.</exception>
    /// <exception cref="IOException">The output folder is in use, cannot be written, or has no checkpoint to resume from.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PreparedDistillation Prepare(
        ModelFolder student,
        SentenceCorpus corpus,
        string outputFolder,
        IReadOnlyList<SentenceEncoder> encoders,
        string? cache = null,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(encoders);
        ArgumentOutOfRangeException.ThrowIfZero(encoders.Count);
        var teachers = new Teachers(encoders);
        var tokenizer = Tokenizer.Load(student.TransformerPath);
        var setup = DistillationSetup.For(_options, student, tokenizer, corpus, teachers, evaluation is not null, cancellationToken);
        var folder = new TrainingFolder(outputFolder);
        var embeddings = cache ?? Path.Combine(folder.Checkpoint, "teacher.npy");
        resume = resume && (folder.HasCheckpoint || !TeacherCache.IsStarted(embeddings));
        folder.Acquire(resume);
        try
        {
            Directory.CreateDirectory(folder.Checkpoint);
            var vectors = new TeacherCache(embeddings, teachers, setup.Data).Read(progress, cancellationToken);
            var score = evaluation?.Invoke(texts => teachers.Encode(texts, null, cancellationToken), cancellationToken);
            return new PreparedDistillation(student, tokenizer, setup, TeacherProjection.To(setup.Chain.SizeAfter(setup.Chain.PooledSize(student.Config.HiddenSize)), vectors), evaluation, score, outputFolder, resume, _time);
        }
        finally
        {
            folder.RemoveIfEmpty();
        }
    }
}
