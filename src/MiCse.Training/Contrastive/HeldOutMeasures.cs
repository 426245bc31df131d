namespace MiCse.Training.Contrastive;

/// <summary>
/// How good an encoder is on examples that it was never trained on, without labels. With z and z' the sentence embeddings of an example's
/// two views, both scaled to length 1, as dropout makes them differ, and e the embeddings without dropout (Wang and Isola, ICML 2020):
/// <code>
/// alignment  = mean over examples of ‖z - z'‖²
/// uniformity = ln mean over pairs i ≠ j of exp(-2 ‖e_i - e_j‖²)
/// </code>
/// The dropout masks are the same at each evaluation, so that the figures of two steps differ by the weights alone.
/// </summary>
public sealed record HeldOutMeasures
{
    /// <summary>
    /// What label-free selection minimises: the objective of the training, α · InfoNCE - λ · AMI, of these examples; α · InfoNCE for SimCSE.
    /// Where InfoNCE falls, it decides; where it is near 0 because any encoder tells so few examples apart, AMI does.
    /// </summary>
    public required double Loss { get; init; }

    /// <summary>0 to 4, lower is better: the embedding does not depend on what dropout removes.</summary>
    public required double Alignment { get; init; }

    /// <summary>-8 to 0, lower is better: embeddings are spread over the sphere.</summary>
    public required double Uniformity { get; init; }

    /// <summary>
    /// InfoNCE in nats, through the training head at the training's temperature, each example contrasted with all others held out: above
    /// that of a training batch when more than a batch is held out.
    /// </summary>
    public required double ContrastiveLoss { get; init; }

    /// <summary>
    /// Attention mutual information in nats over all common positions (<see cref="MutualInformationEstimator.Exact"/>), with either
    /// training method; null for an encoder of one layer.
    /// </summary>
    public double? AttentionMutualInformation { get; init; }
}
