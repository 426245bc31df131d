using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Training;

namespace MiCse.Cli.Output;

/// <summary>What <c>train</c> says at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>For programs.</summary>
    public static JsonObject ToJson(TrainingResult result) => new()
    {
        ["steps"] = result.Steps,
        ["loss"] = result.Loss,
        ["contrastiveLoss"] = result.ContrastiveLoss,
        ["attentionMutualInformation"] = result.AttentionMutualInformation,
        ["bestStep"] = result.Best?.Step,
        ["bestScore"] = result.Best?.Score,
    };

    /// <summary>For people.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ToRows(TrainingResult result)
    {
        var culture = CultureInfo.InvariantCulture;
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "steps", result.Steps.ToString("N0", culture) },
            new[] { "loss", string.Create(culture, $"{result.Loss:0.0000}") },
            new[] { "contrastive loss", string.Create(culture, $"{result.ContrastiveLoss:0.0000}") },
        };
        if (result.AttentionMutualInformation is { } information)
        {
            rows.Add(["attention mutual information", string.Create(culture, $"{information:0.0000}")]);
        }

        if (result.Best is { } best)
        {
            rows.Add(["best score", string.Create(culture, $"{best.Score:0.0000} after step {best.Step:N0}")]);
        }

        rows.Add(["model", result.Folder]);
        return rows;
    }
}
