using MiCse.Models;

namespace MiCse.Training.LowShot;

/// <summary>What a study writes down for the model that all its trainings start from.</summary>
internal sealed record UntrainedRecord
{
    /// <summary>SHA-256 of its weights file.</summary>
    public required string ModelSha256 { get; init; }

    public required Pooling Pooling { get; init; }

    public required IReadOnlyList<TaskScore> Scores { get; init; }
}
