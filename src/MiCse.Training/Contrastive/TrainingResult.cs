namespace MiCse.Training.Contrastive;

/// <summary>How a training ended.</summary>
public sealed record TrainingResult
{
    /// <summary>The folder with the trained model.</summary>
    public required string Folder { get; init; }

    /// <summary>The steps in all, those before a resumption included.</summary>
    public required int Steps { get; init; }

    /// <summary>The loss of the last step; see <see cref="TrainingEvent.Loss"/>.</summary>
    public required double Loss { get; init; }

    /// <summary>InfoNCE of the last step.</summary>
    public required double ContrastiveLoss { get; init; }

    /// <summary>Attention mutual information of the last step; null when the method has none.</summary>
    public double? AttentionMutualInformation { get; init; }

    /// <summary>All evaluations in order; empty when nothing was evaluated or held out.</summary>
    public required IReadOnlyList<TrainingScore> Scores { get; init; }

    /// <summary>The evaluation whose weights the folder holds; null when it holds the last weights because no selection was asked for.</summary>
    public TrainingScore? Best { get; init; }
}
