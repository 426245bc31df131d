namespace MiCse.Training.Distillation;

/// <summary>What a distillation reports after each step.</summary>
internal sealed record DistillationEvent
{
    /// <summary>The step that is done, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>The steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>The loss that was minimised.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean cosine of the batch's embeddings to the teacher's, -1 to 1.</summary>
    public required double Cosine { get; init; }

    /// <summary>Euclidean norm of the gradient over all weights, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The learning rate of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens per second since the start or the resumption, evaluations included, padding not counted.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Time to the end at the mean rate so far.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>The evaluation after this step; null when there was none.</summary>
    public DistillationScore? Score { get; init; }

    /// <summary>Whether this is the best evaluation so far, so that these weights are kept.</summary>
    public bool IsBest { get; init; }

    /// <summary>Whether a checkpoint was saved after this step.</summary>
    public bool CheckpointSaved { get; init; }

    /// <summary>One sentence that the user should read, in the first event alone; null when there is nothing to say.</summary>
    public string? Warning { get; init; }
}
