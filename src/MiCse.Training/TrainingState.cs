namespace MiCse.Training;

/// <summary>How far a training is, besides its weights. Steps and seed say where every sequence of random numbers stands.</summary>
internal sealed record TrainingState<TOptions, TMeasures, TScore>
    where TOptions : class, ITrainingOptions
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    /// <summary>What is trained.</summary>
    public required TrainingPlan<TOptions> Plan { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Steps done.</summary>
    public int Step { get; init; }

    /// <summary>What the last step measured; null before the first.</summary>
    public TMeasures? Last { get; init; }

    /// <summary>All evaluations so far.</summary>
    public IReadOnlyList<TScore> Scores { get; init; } = [];
}
