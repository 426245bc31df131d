namespace MiCse.Training.Contrastive;

/// <summary>What a training reports after each step.</summary>
public sealed record TrainingEvent
{
    /// <summary>The step that is done, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>The steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>The loss that was minimised: α · InfoNCE - λ · AMI + weight · masked LM.</summary>
    public required double Loss { get; init; }

    /// <summary>InfoNCE alone, in nats.</summary>
    public required double ContrastiveLoss { get; init; }

    /// <summary>The mutual information of the views' attention, 0 or more, in nats; null when the method has none.</summary>
    public double? AttentionMutualInformation { get; init; }

    /// <summary>The masked-LM loss in nats a token; null when it is off.</summary>
    public double? MaskedLanguageModelLoss { get; init; }

    /// <summary>Euclidean norm of the gradient over all weights, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The learning rate of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens per second since the start or the resumption, both views and evaluations included, padding not counted.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Time to the end at the mean rate so far.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>The score of the evaluation after this step; null when there was none.</summary>
    public double? Score { get; init; }

    /// <summary>What was measured on held-out examples after this step; null when it was not.</summary>
    public HeldOutMeasures? HeldOut { get; init; }

    /// <summary>Whether this is the best evaluation so far by <see cref="TrainingOptions.Selection"/>, so that these weights are kept.</summary>
    public bool IsBest { get; init; }

    /// <summary>Whether a checkpoint was saved after this step.</summary>
    public bool CheckpointSaved { get; init; }

    /// <summary>One sentence that the user should read, in the first event of a training alone; null when there is nothing to say.</summary>
    public string? Warning { get; init; }
}
