namespace MiCse.Training;

/// <summary>What one step measured; see <see cref="TrainingEvent"/> for the meaning.</summary>
internal sealed record StepMeasures(
    double Loss,
    double ContrastiveLoss,
    double? AttentionMutualInformation,
    double? MaskedLanguageModelLoss,
    double GradientNorm,
    double LearningRate);
