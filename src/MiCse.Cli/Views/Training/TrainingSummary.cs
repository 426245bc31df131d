using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Training.Contrastive;

namespace MiCse.Cli.Views.Training;

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
        ["evaluations"] = new JsonArray([.. result.Scores.Select(ToJson)]),
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
            rows.Add(["best weights", string.Create(culture, $"after step {best.Step:N0}")]);
        }

        if ((result.Best ?? (result.Scores is [.., var last] ? last : null)) is { } kept)
        {
            rows.AddRange(Measures(kept).Select(measure => (string[])[measure.Name, string.Create(culture, $"{measure.Value:0.0000}")]));
        }

        rows.Add(["model", result.Folder]);
        return rows;
    }

    private static IEnumerable<(string Name, double Value)> Measures(TrainingScore score)
    {
        if (score.Score is { } value)
        {
            yield return ("score", value);
        }

        if (score.HeldOut is { } heldOut)
        {
            yield return ("held-out loss", heldOut.Loss);
            yield return ("held-out contrastive loss", heldOut.ContrastiveLoss);
            if (heldOut.AttentionMutualInformation is { } information)
            {
                yield return ("held-out attention mutual information", information);
            }

            yield return ("alignment", heldOut.Alignment);
            yield return ("uniformity", heldOut.Uniformity);
        }
    }

    private static JsonObject ToJson(TrainingScore score) => new()
    {
        ["step"] = score.Step,
        ["score"] = Finite(score.Score),
        ["heldOut"] = score.HeldOut is not { } heldOut ? null : new JsonObject
        {
            ["loss"] = Finite(heldOut.Loss),
            ["contrastiveLoss"] = Finite(heldOut.ContrastiveLoss),
            ["attentionMutualInformation"] = Finite(heldOut.AttentionMutualInformation),
            ["alignment"] = Finite(heldOut.Alignment),
            ["uniformity"] = Finite(heldOut.Uniformity),
        },
    };

    // JSON has no word for what is not a number.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
