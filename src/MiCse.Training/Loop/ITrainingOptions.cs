using MiCse.Training.Optimization;

namespace MiCse.Training.Loop;

/// <summary>What the training loop reads of the options of an objective, once every default is filled in.</summary>
internal interface ITrainingOptions
{
    /// <summary>Batches in all.</summary>
    int Steps { get; }

    /// <summary>The highest learning rate.</summary>
    double LearningRate { get; }

    /// <summary>Steps in which the learning rate rises from 0.</summary>
    int WarmupSteps { get; }

    /// <summary>How the learning rate goes on after the warm-up.</summary>
    LearningRateSchedule Schedule { get; }

    /// <summary>Decoupled weight decay.</summary>
    double WeightDecay { get; }

    /// <summary>A longer gradient is scaled down to this norm.</summary>
    double MaxGradientNorm { get; }

    /// <summary>The longest sequence.</summary>
    int MaxTokens { get; }

    /// <summary>Steps between evaluations.</summary>
    int EvaluateEvery { get; }

    /// <summary>Steps between checkpoints.</summary>
    int SaveEvery { get; }

    /// <summary>Where all random numbers come from.</summary>
    long Seed { get; }

    /// <summary>The parts that a batch goes through the model in, one at a time; 1 for all of it at once.</summary>
    int Slices { get; }

    /// <summary>Processor threads; null for all cores, or as many as before a resumption.</summary>
    int? Threads { get; }
}
