using MiCse.Training.Contrastive;
using MiCse.Training.Loop;

namespace MiCse.Training.Distillation;

/// <summary>One evaluation during a distillation.</summary>
/// <param name="Step">After this many steps.</param>
/// <param name="Score">What the evaluation on labelled data returned, higher is better; null when there is none.</param>
/// <param name="HeldOutCosine">Mean cosine to the teacher's embeddings of held-out texts, -1 to 1; null when none are held out.</param>
internal sealed record DistillationScore(int Step, double? Score, double? HeldOutCosine) : ITrainingScore
{
    /// <summary>Whether these weights are to be kept instead of those of another evaluation; NaN is never better, and of equals the earlier stays.</summary>
    internal bool IsBetterThan(DistillationScore? other, CheckpointSelection selection) => selection switch
    {
        CheckpointSelection.Score => Score > (other?.Score ?? double.NegativeInfinity),
        CheckpointSelection.LabelFree => HeldOutCosine > (other?.HeldOutCosine ?? double.NegativeInfinity),
        _ => false,
    };
}
