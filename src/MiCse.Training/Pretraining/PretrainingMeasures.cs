namespace MiCse.Training.Pretraining;

/// <summary>What one step measured, and what all steps up to it have seen; see <see cref="PretrainingEvent"/> for the meaning.</summary>
internal sealed record PretrainingMeasures(double Loss, double GradientNorm, double LearningRate, long Tokens, long Padding)
{
    /// <summary>The share of padding in all batches so far.</summary>
    public double PaddingShare => Padding / (double)(Tokens + Padding);
}
