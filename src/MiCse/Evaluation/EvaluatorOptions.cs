using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation;

/// <summary>How an <see cref="Evaluator"/> scores.</summary>
public sealed record EvaluatorOptions
{
    /// <summary>The split; a task without a development set is scored on its test set.</summary>
    /// <value>The default is null: the split that the tasks were selected for, or test.</value>
    public EvaluationSplit? Split { get; init; }

    /// <summary>
    /// Folds of the transfer tasks' cross-validations, at least 2.
    /// </summary>
    /// <value>The default is null: SentEval's usual 10 for the test split and 5 for the development split.</value>
    public int? Folds { get; init; }

    /// <summary>Samples for the bootstrap intervals; 0 for none.</summary>
    /// <value>The default is 1,000.</value>
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>Where the bootstrap's random sequence starts. The folds always come from SentEval's 1111.</summary>
    /// <value>The default is 42.</value>
    public long Seed { get; init; } = 42;

    /// <summary>Processor threads for the classifiers; the figures do not depend on them.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }

    /// <summary>
    /// How many main directions are taken out of the embeddings of an STS task, computed from all its sentences: 1 is the last step of SIF (Arora, Liang and Ma, 2017), 5
    /// that of uSIF (Ethayarajh, 2018). A task's score then depends on the other sentences of the task.
    /// </summary>
    /// <value>The default is 0: embeddings are compared as they are.</value>
    public int RemovedComponents { get; init; }

    /// <summary>How tasks are read and scored.</summary>
    internal TaskSettings For(EvaluationSplit selected)
    {
        var split = Split ?? selected;
        return new TaskSettings(split, Folds ?? (split == EvaluationSplit.Test ? 10 : 5), Threads) { RemovedComponents = RemovedComponents };
    }

    internal void Validate()
    {
        Require(Folds is null or >= 2, $"Folds is {Folds}; at least 2 are needed.");
        Require(BootstrapSamples >= 0, $"BootstrapSamples is {BootstrapSamples}; 0 or more are possible.");
        Require(RemovedComponents >= 0, $"RemovedComponents is {RemovedComponents}; 0 or more are possible.");
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
