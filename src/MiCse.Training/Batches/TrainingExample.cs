namespace MiCse.Training.Batches;

/// <summary>One row of the training data.</summary>
/// <param name="First">The text of the first view.</param>
/// <param name="Second">The text of the second view: the same text (dropout makes the views differ) or one that means the same.</param>
/// <param name="HardNegative">A text that looks alike and means something else; null when the data has no such column.</param>
public sealed record TrainingExample(string First, string Second, string? HardNegative = null)
{
    /// <summary>All its texts; those of the first two columns may be the same.</summary>
    internal IEnumerable<string> Texts => HardNegative is null ? [First, Second] : [First, Second, HardNegative];
}
