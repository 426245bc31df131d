using MiCse.Models;

namespace MiCse.Training.Pretraining;

/// <summary>How a pretraining ended.</summary>
public sealed record PretrainingResult
{
    /// <summary>The folder with the pretrained model.</summary>
    public required string Folder { get; init; }

    /// <summary>The pooling that its files name.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>The steps in all, those before a resumption included.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens seen in all steps, padding not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>The share of padding in all batches, 0 to 1.</summary>
    public required double PaddingShare { get; init; }

    /// <summary>The loss of the last step; see <see cref="PretrainingEvent.Loss"/>.</summary>
    public required double Loss { get; init; }

    /// <summary>All evaluations in order; empty when nothing was evaluated or held out. The folder holds the weights of the last.</summary>
    public required IReadOnlyList<PretrainingScore> Scores { get; init; }

    /// <summary>The last evaluation's loss on held-out texts, in nats a masked token; null when none are held out.</summary>
    public double? HeldOutLoss => Scores is [.., var last] ? last.HeldOutLoss : null;
}
