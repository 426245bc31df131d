namespace MiCse.Evaluation;

/// <summary>How an <see cref="Evaluator"/> scores.</summary>
public sealed record EvaluatorOptions
{
    /// <summary>The split; a task without a development set is scored on its test set. Test by default.</summary>
    public EvaluationSplit Split { get; init; } = EvaluationSplit.Test;

    /// <summary>
    /// Folds of the transfer tasks' cross-validations, at least 2; null, the default, means SentEval's usual 10 for the test split and 5
    /// for the development split.
    /// </summary>
    public int? Folds { get; init; }

    /// <summary>Samples for the bootstrap intervals; 0 for none. 1,000 by default.</summary>
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>Where the bootstrap's random sequence starts. The folds always come from SentEval's 1111.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Threads for the classifiers; null, the default, means all processors. The figures do not depend on it.</summary>
    public int? Threads { get; init; }

    internal int FoldCount => Folds ?? (Split == EvaluationSplit.Test ? 10 : 5);

    internal void Check()
    {
        Require(FoldCount >= 2, $"Folds is {Folds}; at least 2 are needed.");
        Require(BootstrapSamples >= 0, $"BootstrapSamples is {BootstrapSamples}; 0 or more are possible.");
        Require(Threads is null or > 0, $"Threads is {Threads}; at least 1 is needed.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
