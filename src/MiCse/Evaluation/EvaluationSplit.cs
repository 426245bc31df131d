namespace MiCse.Evaluation;

/// <summary>Which part of a task is scored.</summary>
public enum EvaluationSplit
{
    /// <summary>The test set, for figures to report.</summary>
    Test,

    /// <summary>
    /// The development set, for choosing between models. A task that has none is scored on its test set, and the result says so.
    /// </summary>
    Dev,
}
