namespace MiCse.Evaluation.Tasks;

/// <summary>One transfer task's figures.</summary>
/// <param name="Name">The task.</param>
/// <param name="Split">The split the figures are from.</param>
/// <param name="Accuracy">
/// The share of examples classified right, 0..1; with cross-validation the mean over the folds, as SentEval has it.
/// </param>
/// <param name="F1">F1 of the positive class, 0..1: MRPC only, null for the others.</param>
/// <param name="Correct">
/// Whether each example was classified right; empty for the development figure of a nested cross-validation (MR, CR, SUBJ, MPQA), which is
/// a mean over overlapping sets.
/// </param>
public sealed record TransferResult(string Name, EvaluationSplit Split, double Accuracy, double? F1, IReadOnlyList<bool> Correct)
    : TaskResult(Name, Split)
{
    /// <inheritdoc/>
    public override double Score => Accuracy;

    internal override int SampleSize => Correct.Count;

    internal override Func<ReadOnlySpan<int>, double> ScoreOfSample() => sample =>
    {
        var right = 0;
        foreach (var index in sample)
        {
            right += Correct[index] ? 1 : 0;
        }

        return (double)right / sample.Length;
    };
}
