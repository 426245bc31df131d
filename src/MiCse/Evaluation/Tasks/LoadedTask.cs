namespace MiCse.Evaluation.Tasks;

/// <summary>A task whose files were read.</summary>
internal abstract class LoadedTask(EvaluationTask task)
{
    public EvaluationTask Task { get; } = task;

    /// <summary>Every sentence whose embedding the task needs; with repetitions.</summary>
    public abstract IEnumerable<string> Sentences { get; }

    /// <summary>Scores the task.</summary>
    /// <param name="embeddings">Holds all of <see cref="Sentences"/>.</param>
    /// <param name="cancellationToken">Stops a long fit.</param>
    public abstract TaskResult Score(SentenceEmbeddings embeddings, CancellationToken cancellationToken);
}

/// <summary>How a task is read and scored.</summary>
/// <param name="Split">The split asked for.</param>
/// <param name="Folds">Folds of cross-validations.</param>
/// <param name="Threads">Processor threads; null: all.</param>
internal sealed record TaskSettings(EvaluationSplit Split, int Folds, int? Threads)
{
    /// <summary>See <see cref="EvaluatorOptions.RemovedComponents"/>.</summary>
    public int RemovedComponents { get; init; }
}
