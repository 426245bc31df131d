namespace MiCse.Training;

/// <summary>What every kind of training reads of its options.</summary>
internal interface ITrainingOptions
{
    int? Steps { get; }

    double LearningRate { get; }

    int WarmupSteps { get; }

    double WeightDecay { get; }

    double MaxGradientNorm { get; }

    int MaxTokens { get; }

    int EvaluateEvery { get; }

    int SaveEvery { get; }

    long Seed { get; }

    int? Threads { get; }
}
