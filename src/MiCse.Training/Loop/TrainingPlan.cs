using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MiCse.ModelFolders;
using MiCse.Training.Batches;

namespace MiCse.Training.Loop;

/// <summary>Everything the outcome of a training depends on: the options with every default filled in, the model and the data.</summary>
internal sealed record TrainingPlan
{
    /// <summary>What a resumed training may change: neither is meant to change a single bit of the outcome.</summary>
    private static readonly string[] FreeOptions = [nameof(ITrainingOptions.SaveEvery), nameof(ITrainingOptions.Threads)];

    /// <summary>
    /// The options that a resumed training may change when it has more steps than before: how long it is. Where the warm-up is a part of them by default, it is
    /// named too.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> Extensible { get; init; } = [nameof(ITrainingOptions.Steps), "Epochs"];

    /// <summary>The options by name.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>The name of the folder the training starts from.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of its weights file.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>The name of the data file.</summary>
    public required string Data { get; init; }

    /// <summary>SHA-256 of the data file.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>The columns that are used; empty for one text a line.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Examples in the data.</summary>
    public required int Examples { get; init; }

    /// <summary>Those of them that are trained on.</summary>
    public required int TrainedExamples { get; init; }

    /// <summary>Whether there is an evaluation on labelled data.</summary>
    public required bool Evaluated { get; init; }

    /// <summary>Checks that model and lengths fit each other, and writes down which they are.</summary>
    /// <param name="options">Validated, with all defaults filled in.</param>
    /// <param name="model">What the training starts from.</param>
    /// <param name="data">What is trained on and held out.</param>
    /// <param name="evaluated">Whether there is an evaluation on labelled data.</param>
    /// <param name="modelSha256"><see cref="ModelSha256"/> where another plan has it already, so that many plans read the model once.</param>
    /// <exception cref="ArgumentException">The sequences are longer than the model takes.</exception>
    public static TrainingPlan Of<TOptions>(
        TOptions options, ModelFolder model, TrainingData data, bool evaluated, string? modelSha256 = null)
        where TOptions : ITrainingOptions
    {
        var config = model.Config;
        if (options.MaxTokens > config.MaxTokens)
        {
            throw new ArgumentException($"Sequences of {options.MaxTokens} tokens do not fit the model, which takes at most {config.MaxTokens}.");
        }

        return new TrainingPlan
        {
            Options = Describe(options),
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model.Path))),
            ModelSha256 = modelSha256 ?? Sha256(model.WeightsPath),
            Data = data.Corpus.Name,
            DataSha256 = data.Corpus.Sha256,
            Columns = data.Corpus.Columns,
            Examples = data.Corpus.Examples.Count,
            TrainedExamples = data.Count,
            Evaluated = evaluated,
        };
    }

    /// <summary>What differs between two plans as JSON, as "BatchSize 64, now 32"; empty when a training of one may be resumed with the other.</summary>
    /// <param name="before">What was trained.</param>
    /// <param name="now">What is to be trained.</param>
    /// <param name="extensible"><see cref="Extensible"/>.</param>
    /// <param name="word">What stands before the second value.</param>
    public static IReadOnlyList<string> Differences(JsonObject before, JsonObject now, IReadOnlyList<string> extensible, string word = "now")
    {
        var (old, current) = (Flat(before), Flat(now));
        if (extensible.Count > 0 && StepsOf(now) > StepsOf(before))
        {
            foreach (var name in extensible)
            {
                old.Remove(name);
                current.Remove(name);
            }
        }

        return
        [
            .. old.Keys.Union(current.Keys)
                .Where(key => old.GetValueOrDefault(key) != current.GetValueOrDefault(key))
                .Select(key => $"{key} {old.GetValueOrDefault(key) ?? "absent"}, {word} {current.GetValueOrDefault(key) ?? "absent"}"),
        ];
    }

    /// <summary>The steps of a plan as JSON.</summary>
    public static int StepsOf(JsonObject plan) =>
        plan[nameof(Options)]?[nameof(ITrainingOptions.Steps)] is JsonValue steps && steps.TryGetValue<int>(out var count) ? count : 0;

    /// <summary>A batch in one slice is what all trainings had before there was a choice, and they can be resumed.</summary>
    private static JsonObject Describe<TOptions>(TOptions options)
        where TOptions : ITrainingOptions
    {
        var described = TrainingJson.ToNode(options);
        if (options.Slices == 1)
        {
            described.Remove(nameof(ITrainingOptions.Slices));
        }

        return described;
    }

    private static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static Dictionary<string, string> Flat(JsonObject plan) => plan
        .Where(property => property.Key != nameof(Options))
        .Concat(plan[nameof(Options)]?.AsObject() ?? [])
        .Where(property => !FreeOptions.Contains(property.Key))
        .ToDictionary(property => property.Key, property => property.Value?.ToString() ?? "not set");
}
