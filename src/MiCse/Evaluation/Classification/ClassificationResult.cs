namespace MiCse.Evaluation.Classification;

/// <summary>What a protocol found.</summary>
/// <param name="Accuracy">0..1.</param>
/// <param name="Predictions">The predicted class of each scored example; empty where the accuracy is a mean over overlapping sets.</param>
internal sealed record ClassificationResult(double Accuracy, int[] Predictions);
