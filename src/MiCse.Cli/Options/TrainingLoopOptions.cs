using System.CommandLine;
using MiCse.Training.Loop;
using MiCse.Training.Optimization;

namespace MiCse.Cli.Options;

/// <summary>The options of every command that trains, whatever it minimises.</summary>
/// <param name="defaults">The options of the objective, for what is taken when an option is not given.</param>
/// <param name="linear">What <c>--precision</c> is about, for its line on the help page.</param>
internal sealed class TrainingLoopOptions(ITrainingOptions defaults, string linear)
{
    /// <summary>Batches in all.</summary>
    public Option<int?> Steps { get; } = Number.Optional("--steps", "Batches in all, instead of --epochs.", 1);

    /// <summary>How the learning rate goes on after the warm-up.</summary>
    public Option<LearningRateSchedule?> Schedule { get; } = CommonOptions.Schedule();

    /// <summary>Decoupled weight decay.</summary>
    public Option<double> WeightDecay { get; } = Number.WithDefault("--weight-decay", "Decoupled weight decay; biases and LayerNorms are spared.", 0, () => defaults.WeightDecay);

    /// <summary>The longest gradient.</summary>
    public Option<double> MaxGradientNorm { get; } =
        Number.WithDefault("--max-gradient-norm", "A longer gradient is scaled down to this length.", NumberRanges.Positive, () => defaults.MaxGradientNorm);

    /// <summary>The arithmetic of linear layers.</summary>
    public TrainingPrecisionOption Precision { get; } = new(linear);

    /// <summary>The parts of a batch.</summary>
    public Option<int> Slices { get; } = CommonOptions.Slices();

    /// <summary>Processor threads.</summary>
    public Option<int?> Threads { get; } = CommonOptions.Threads();

    /// <summary>On which device.</summary>
    public DeviceOptions Device { get; } = new();

    /// <summary>The start of every random sequence.</summary>
    public Option<long> Seed { get; } = CommonOptions.Seed();

    /// <summary>Steps between checkpoints.</summary>
    public Option<int> SaveEvery { get; } = Number.WithDefault("--save-every", "Steps between checkpoints that --resume continues from.", 1, () => defaults.SaveEvery);

    /// <summary>Steps between evaluations.</summary>
    public Option<int> EvaluateEvery { get; } =
        Number.WithDefault("--eval-every", "Steps between evaluations; there is always one after the last step.", 1, () => defaults.EvaluateEvery);

    /// <summary>How the steps are computed, in the order of the help page.</summary>
    public IReadOnlyList<Option> Computation => [Precision.Option, .. AfterPrecision];

    /// <summary>The same without <see cref="Precision"/>.</summary>
    public IReadOnlyList<Option> AfterPrecision => [Slices, Threads, .. Device.All, Seed];
}
