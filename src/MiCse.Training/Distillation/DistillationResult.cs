namespace MiCse.Training.Distillation;

/// <summary>How a distillation ended.</summary>
internal sealed record DistillationResult
{
    /// <summary>The folder with the student.</summary>
    public required string Folder { get; init; }

    /// <summary>The steps in all, those before a resumption included.</summary>
    public required int Steps { get; init; }

    /// <summary>The loss of the last step.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean cosine to the teacher in the last step's batch.</summary>
    public required double Cosine { get; init; }

    /// <summary>Different texts that were distilled from, those held out included.</summary>
    public required int Texts { get; init; }

    /// <summary>All evaluations in order; empty when nothing was evaluated or held out.</summary>
    public required IReadOnlyList<DistillationScore> Scores { get; init; }

    /// <summary>The evaluation whose weights the folder holds; null when it holds the last weights.</summary>
    public DistillationScore? Best { get; init; }

    /// <summary>What the evaluation says of the teacher; null when there is none.</summary>
    public double? TeacherScore { get; init; }
}
