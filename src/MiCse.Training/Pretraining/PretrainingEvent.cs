namespace MiCse.Training.Pretraining;

/// <summary>What a pretraining reports after each step.</summary>
public sealed record PretrainingEvent
{
    /// <summary>The step that is done, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>The steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean cross-entropy of the batch's masked tokens, in nats a token.</summary>
    public required double Loss { get; init; }

    /// <summary>Euclidean norm of the gradient over all weights, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The learning rate of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens seen since the first step, padding not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>The share of padding in all batches so far, 0 to 1.</summary>
    public required double PaddingShare { get; init; }

    /// <summary>Tokens per second since the start or the resumption, evaluations included, padding not counted.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Time to the end at the mean rate so far.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>The evaluation after this step; null when there was none.</summary>
    public PretrainingScore? Score { get; init; }

    /// <summary>Whether a checkpoint was saved after this step.</summary>
    public bool CheckpointSaved { get; init; }

    /// <summary>One sentence that the user should read, in the first event of a pretraining alone; null when there is nothing to say.</summary>
    public string? Warning { get; init; }
}
