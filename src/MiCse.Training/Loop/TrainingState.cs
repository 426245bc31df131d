using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MiCse.Training.Loop;

/// <summary>How far a training is, besides its weights. Steps and seed say where every sequence of random numbers stands.</summary>
internal sealed record TrainingState<TMeasures, TScore>
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    /// <summary>What is trained: a <see cref="TrainingPlan"/>.</summary>
    public required JsonObject Plan { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Steps done.</summary>
    public int Step { get; init; }

    /// <summary>Tokens of all batches so far, padding not counted.</summary>
    public long Tokens { get; init; }

    /// <summary>Padding of all batches so far, in tokens.</summary>
    public long Padding { get; init; }

    /// <summary>What the last step measured; null before the first.</summary>
    public TMeasures? Last { get; init; }

    /// <summary>All evaluations so far.</summary>
    public IReadOnlyList<TScore> Scores { get; init; } = [];

    /// <summary>The evaluation whose weights are kept; null when none is better than the last weights.</summary>
    public TScore? Best { get; init; }

    /// <summary>Where the training was given more steps; null for nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ScheduleExtension>? Extensions { get; init; }

    /// <summary>The share of padding in all batches so far.</summary>
    public double PaddingShare => Padding / (double)(Tokens + Padding);
}

/// <summary>A training that was resumed with more steps than before.</summary>
/// <param name="Step">Steps done when it was resumed.</param>
/// <param name="Before">The steps in all that it had been started with.</param>
/// <param name="Now">The steps in all from then on.</param>
internal sealed record ScheduleExtension(int Step, int Before, int Now);

/// <summary>What the loop reports after each step.</summary>
/// <param name="State">After the step.</param>
/// <param name="Steps">The steps in all.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient over all weights, before clipping.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="TokensPerSecond">Since the start or the resumption, evaluations included, padding not counted.</param>
/// <param name="TimeLeft">Time to the end at the mean rate so far.</param>
/// <param name="Score">The evaluation after this step; null when there was none.</param>
/// <param name="CheckpointSaved">Whether a checkpoint was saved after this step.</param>
/// <param name="Warning">One sentence that the user should read, after the first step alone; null when there is nothing to say.</param>
internal sealed record StepReport<TMeasures, TScore>(
    TrainingState<TMeasures, TScore> State,
    int Steps,
    double GradientNorm,
    double LearningRate,
    double TokensPerSecond,
    TimeSpan TimeLeft,
    TScore? Score,
    bool CheckpointSaved,
    string? Warning)
    where TMeasures : class
    where TScore : class, ITrainingScore;
