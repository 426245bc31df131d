using MiCse.Training.Loop;

namespace MiCse.Training.Contrastive;

/// <summary>One evaluation during a training.</summary>
/// <param name="Step">After this many steps.</param>
/// <param name="Score">What the evaluation on labelled data returned, higher is better; null when there is none.</param>
/// <param name="HeldOut">What was measured on held-out examples; null when none are.</param>
public sealed record TrainingScore(int Step, double? Score, HeldOutMeasures? HeldOut = null) : ITrainingScore
{
    /// <summary>Whether these weights are to be kept instead of those of another evaluation; NaN is never better, and of equals the earlier stays.</summary>
    internal bool IsBetterThan(TrainingScore? other, CheckpointSelection selection) => selection switch
    {
        CheckpointSelection.Score => Score > (other?.Score ?? double.NegativeInfinity),
        CheckpointSelection.LabelFree => HeldOut?.Loss < (other?.HeldOut?.Loss ?? double.PositiveInfinity),
        _ => false,
    };
}
