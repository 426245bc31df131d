using System.CommandLine;
using MiCse.Training.Optimization;

namespace MiCse.Cli.Options;

/// <summary>Options that several commands offer; each command adds those that it reads.</summary>
internal static class CommonOptions
{
    /// <summary>Results as one document for programs.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text for people." };

    /// <summary>For commands whose output is JSON lines in any case.</summary>
    public static Option<bool> JsonLines() => new("--json") { Description = "JSON lines are what this command prints anyway; accepted so that scripts can always say --json." };

    /// <summary>The start of every random sequence.</summary>
    public static Option<long> Seed() => Number.WithDefault("--seed", "Where randomness starts: the same seed gives the same bytes.", 0L, () => 42L);

    /// <summary>How the learning rate of a training goes on after the warm-up.</summary>
    public static Option<LearningRateSchedule?> Schedule() =>
        new Choice<LearningRateSchedule>(("linear", LearningRateSchedule.Linear), ("cosine", LearningRateSchedule.Cosine), ("constant", LearningRateSchedule.Constant))
            .ToOption("--schedule", "How the learning rate goes on after --warmup-steps: to 0 in a straight line, to 0 along a cosine, or on as it is (default: linear).");

    /// <summary>The parts of a training's batch.</summary>
    public static Option<int> Slices() => Number.WithDefault(
        "--slices",
        "Parts of a batch that go through the model one at a time, so that it may be larger than memory, or that processes started by mpirun or srun share; the loss stays that of the whole batch.",
        1,
        () => 1);

    /// <summary>Processor threads.</summary>
    public static Option<int?> Threads() => Number.Optional("--threads", "Processor threads (default: all).", 1);
}
