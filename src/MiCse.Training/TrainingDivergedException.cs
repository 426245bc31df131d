namespace MiCse.Training;

/// <summary>The loss, its gradient or a weight is no longer a finite number, so the training has stopped.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates the exception for one step.</summary>
    /// <param name="step">The step that failed, from 1.</param>
    /// <param name="examples">The examples of its batch, 0-based.</param>
    /// <param name="message">The sentence.</param>
    public TrainingDivergedException(int step, IReadOnlyList<int> examples, string message)
        : base(message)
    {
        Step = step;
        Examples = examples;
    }

    /// <summary>The step that failed, from 1.</summary>
    public int Step { get; }

    /// <summary>The examples of its batch: indices into <see cref="Batches.SentenceCorpus.Examples"/>.</summary>
    public IReadOnlyList<int> Examples { get; }
}
