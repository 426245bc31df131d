using MiCse.Training.Loop;

namespace MiCse.Training.Pretraining;

/// <summary>One evaluation during a pretraining.</summary>
/// <param name="Step">After this many steps.</param>
/// <param name="HeldOutLoss">Mean cross-entropy of the masked tokens of held-out texts in nats a token, without dropout; null when none are held out.</param>
/// <param name="Score">What the evaluation on labelled data returned, higher is better; null when there is none.</param>
public sealed record PretrainingScore(int Step, double? HeldOutLoss, double? Score) : ITrainingScore
{
    /// <summary>Perplexity, exp(<see cref="HeldOutLoss"/>): 1 when every masked token is predicted with certainty, the vocabulary's size when all tokens are equally likely.</summary>
    public double? Perplexity => HeldOutLoss is { } loss ? Math.Exp(loss) : null;
}
