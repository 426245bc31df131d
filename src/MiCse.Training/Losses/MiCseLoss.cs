using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// The loss of miCSE (arXiv 2211.04928) and its parts, each a scalar:
/// <c>α · InfoNCE - λ · AMI + w · masked-language-model loss</c>.
/// </summary>
/// <param name="Total">What is minimised; float64 when AMI takes part.</param>
/// <param name="Contrastive">InfoNCE.</param>
/// <param name="MutualInformation">AMI, or null when it takes no part.</param>
/// <param name="MaskedLanguageModel">Cross-entropy of the masked tokens, or null when it takes no part.</param>
internal sealed record MiCseLoss(Tensor Total, Tensor Contrastive, Tensor? MutualInformation, Tensor? MaskedLanguageModel)
{
    /// <summary>Puts the loss together. A pure function.</summary>
    /// <param name="contrastive">InfoNCE.</param>
    /// <param name="mutualInformation">AMI; null for plain SimCSE.</param>
    /// <param name="maskedLanguageModel">The masked-language-model loss; null for none.</param>
    /// <param name="alpha">Weight of InfoNCE; 1 in the paper.</param>
    /// <param name="lambda">Weight of AMI; 1e-4 to 1e-3 in the paper.</param>
    /// <param name="maskedLanguageModelWeight">Weight of the masked-language-model loss; 0.1 in the reference.</param>
    public static MiCseLoss Sum(
        Tensor contrastive,
        Tensor? mutualInformation,
        Tensor? maskedLanguageModel,
        double alpha,
        double lambda,
        double maskedLanguageModelWeight)
    {
        ArgumentNullException.ThrowIfNull(contrastive);
        using var scope = NewDisposeScope();
        var total = contrastive * alpha; // []
        if (mutualInformation is not null)
        {
            total = total.to(ScalarType.Float64) - (mutualInformation * lambda);
        }

        if (maskedLanguageModel is not null)
        {
            total += maskedLanguageModel * maskedLanguageModelWeight;
        }

        return new MiCseLoss(total.MoveToOuterDisposeScope(), contrastive, mutualInformation, maskedLanguageModel);
    }
}
