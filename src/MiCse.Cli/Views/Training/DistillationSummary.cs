using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Training.Distillation;

namespace MiCse.Cli.Views.Training;

/// <summary>What <c>distill</c> says at the end.</summary>
internal static class DistillationSummary
{
    /// <summary>For programs.</summary>
    public static JsonObject ToJson(DistillationResult result, double tokensPerSecond) => new()
    {
        ["steps"] = result.Steps,
        ["loss"] = result.Loss,
        ["cosine"] = result.Cosine,
        ["bestStep"] = result.Best?.Step,
        ["bestScore"] = Finite(result.Best?.Score),
        ["teacherScore"] = Finite(result.TeacherScore),
        ["texts"] = result.Texts,
        ["tokensPerSecond"] = Finite(tokensPerSecond),
        ["evaluations"] = new JsonArray([.. result.Scores.Select(score => new JsonObject
        {
            ["step"] = score.Step,
            ["score"] = Finite(score.Score),
            ["heldOutCosine"] = Finite(score.HeldOutCosine),
        })]),
    };

    /// <summary>For people.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ToRows(DistillationResult result, double tokensPerSecond)
    {
        var culture = CultureInfo.InvariantCulture;
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "texts", result.Texts.ToString("N0", culture) },
            new[] { "steps", result.Steps.ToString("N0", culture) },
            new[] { "loss", string.Create(culture, $"{result.Loss:0.0000}") },
            new[] { "cosine to the teacher", string.Create(culture, $"{result.Cosine:0.0000}") },
            new[] { "tokens/s", string.Create(culture, $"{tokensPerSecond:N0}") },
        };
        if (result.Best is { } best)
        {
            rows.Add(["best weights", string.Create(culture, $"after step {best.Step:N0}")]);
        }

        if ((result.Best ?? (result.Scores is [.., var last] ? last : null)) is { } kept)
        {
            Add("score", kept.Score);
            Add("teacher's score", result.TeacherScore);
            Add("held-out cosine", kept.HeldOutCosine);
        }

        rows.Add(["model", result.Folder]);
        return rows;

        void Add(string name, double? value)
        {
            if (value is { } number)
            {
                rows.Add([name, string.Create(culture, $"{number:0.0000}")]);
            }
        }
    }

    // JSON has no word for what is not a number.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
