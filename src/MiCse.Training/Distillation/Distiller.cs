using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Vectors;

namespace MiCse.Training.Distillation;

/// <summary>
/// Teaches a student the embeddings of a teacher. Those are computed once; then the outcome depends on options, student, teacher and texts alone: the same seed gives
/// the same bytes, however often it was interrupted and resumed. Thread-safe; trainings wait for each other.
/// </summary>
internal sealed class Distiller
{
    private readonly DistillationOptions _options;
    private readonly TimeProvider _time;
    private readonly ICollective _ranks;

    /// <summary>Prepares distillations with the same options.</summary>
    /// <param name="options">Checked when a distillation starts, together with student and texts.</param>
    /// <param name="time">The clock that rates are measured with; null takes the system's.</param>
    /// <param name="ranks">
    /// The processes that share the training, each of which calls the same method with the same arguments; null for this one alone. They share the slices of
    /// <see cref="DistillationOptions.Slices"/>, and the outcome is that of one process with as many slices, to the same bytes.
    /// </param>
    public Distiller(DistillationOptions options, TimeProvider? time = null, ICollective? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _ranks = ranks ?? SingleProcess.Instance;
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
        var (tokenizer, setup) = _ranks.Together(() =>
        {
            TrainingSession.RequireWholeShares(_options.Slices, _ranks.Count); // before the teacher computes for hours
            var tokenizer = FolderTokenizer.Load(student);
            return (tokenizer, DistillationSetup.For(_options, student, tokenizer, corpus, teachers, evaluation is not null, cancellationToken));
        });
        var size = setup.Chain.SizeAfter(setup.Chain.PooledSize(student.Config.HiddenSize));
        var folder = new TrainingFolder(outputFolder);
        var embeddings = cache ?? Path.Combine(folder.Checkpoint, "teacher.npy");
        resume = resume && (folder.HasCheckpoint || !TeacherCache.IsStarted(embeddings));
        var prepared = _ranks.OnFirst(() => Within(folder, resume, () => (
            TeacherProjection.To(size, new TeacherCache(embeddings, teachers, setup.Data, cache is null ? outputFolder : null).Read(progress, cancellationToken)),
            evaluation?.Invoke(texts => teachers.Encode(texts, null, cancellationToken), cancellationToken))));
        var target = prepared.Target ?? new EmbeddingMatrix(setup.Data.Texts.Count, size);
        if (_ranks.Count > 1)
        {
            _ranks.Broadcast(MemoryMarshal.AsBytes(target.Values));
        }

        return new PreparedDistillation(student, tokenizer, setup, target, evaluation, prepared.Score, outputFolder, resume, _ranks, _time);
    }

    private static (EmbeddingMatrix? Target, double? Score) Within(TrainingFolder folder, bool resume, Func<(EmbeddingMatrix Target, double? Score)> work)
    {
        folder.Acquire(resume);
        try
        {
            Directory.CreateDirectory(folder.Checkpoint);
            return work();
        }
        finally
        {
            folder.RemoveIfEmpty();
        }
    }
}
