namespace MiCse.Training;

/// <summary>How far a training is, besides its weights. Steps and seed say where every sequence of random numbers stands.</summary>
internal sealed record TrainingState
{
    /// <summary>What is trained.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Steps done.</summary>
    public int Step { get; init; }

    /// <summary>What the last step measured; null before the first.</summary>
    public StepMeasures? Last { get; init; }

    /// <summary>All evaluations so far.</summary>
    public IReadOnlyList<TrainingScore> Scores { get; init; } = [];

    /// <summary>The best of them.</summary>
    public TrainingScore? Best { get; init; }
}
