using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// InfoNCE over a batch (SimCSE, arXiv 2104.08821, equations 1 and 5): each first view is to be nearest to its own second view.
/// <code>
/// logits[i, j]     = cos(first i, second j) / temperature
/// logits[i, B + j] = cos(first i, negative j) / temperature + (i = j ? hard negative weight : 0)
/// loss             = mean over i of  -log softmax(logits[i])[i]
/// </code>
/// Pure functions of tensors.
/// </summary>
public static class ContrastiveLoss
{
    /// <summary>The smallest norm that a vector is divided by, as in torch 1.13's <c>CosineSimilarity</c>.</summary>
    private const double SmallestNorm = 1e-8;

    /// <summary>The loss, a scalar of the inputs' type.</summary>
    /// <param name="first">First views. [batch, hidden]</param>
    /// <param name="second">Second views, or positives. [batch, hidden]</param>
    /// <param name="hardNegative">Hard negatives, if there are any. [batch, hidden]</param>
    /// <param name="temperature">What cosines are divided by; 0.05 in the paper.</param>
    /// <param name="hardNegativeWeight">Added to the logit of a sentence's own hard negative; 0 for none.</param>
    public static Tensor Compute(
        Tensor first, Tensor second, Tensor? hardNegative = null, double temperature = 0.05, double hardNegativeWeight = 0)
    {
        using var scope = NewDisposeScope();
        return CrossEntropy(Logits(first, second, hardNegative, temperature, hardNegativeWeight)).MoveToOuterDisposeScope();
    }

    /// <summary>The logits. [batch, batch], or [batch, 2·batch] with hard negatives</summary>
    /// <inheritdoc cref="Compute"/>
    public static Tensor Logits(
        Tensor first, Tensor second, Tensor? hardNegative = null, double temperature = 0.05, double hardNegativeWeight = 0)
    {
        using var scope = NewDisposeScope();
        var (anchor, positive) = (Normalize(first), Normalize(second));
        var logits = anchor.matmul(positive.t()) / temperature; // [batch, batch]
        if (hardNegative is not null)
        {
            var own = eye(first.shape[0], dtype: first.dtype, device: first.device) * hardNegativeWeight; // [batch, batch]
            var negative = (anchor.matmul(Normalize(hardNegative).t()) / temperature) + own; // [batch, batch]
            logits = cat([logits, negative], 1); // [batch, 2·batch]
        }

        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy of logits whose matching column is the row's own index.</summary>
    internal static Tensor CrossEntropy(Tensor logits)
    {
        using var labels = arange(logits.shape[0], ScalarType.Int64, logits.device);
        return nn.functional.cross_entropy(logits, labels);
    }

    /// <summary>Vectors divided by their norm. As in torch, the gradient passes the clamping as if it were not there.</summary>
    private static Tensor Normalize(Tensor vectors)
    {
        var squares = vectors.square().sum(-1, keepdim: true); // [batch, 1]
        using (no_grad())
        {
            squares.clamp_min_(SmallestNorm * SmallestNorm);
        }

        return vectors / squares.sqrt(); // [batch, hidden]
    }
}
