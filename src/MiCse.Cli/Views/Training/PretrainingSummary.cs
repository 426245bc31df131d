using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Models;
using MiCse.Training.Pretraining;

namespace MiCse.Cli.Views.Training;

/// <summary>What <c>pretrain</c> says at the end.</summary>
internal static class PretrainingSummary
{
    /// <summary>For programs.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="tokensPerSecond">The rate of this run, if it took a step.</param>
    public static JsonObject ToJson(PretrainingResult result, double? tokensPerSecond) => new()
    {
        ["steps"] = result.Steps,
        ["tokens"] = result.Tokens,
        ["loss"] = result.Loss,
        ["heldOutLoss"] = result.HeldOutLoss,
        ["heldOutPerplexity"] = Perplexity(result),
        ["padding"] = result.PaddingShare,
        ["tokensPerSecond"] = tokensPerSecond,
        ["pooling"] = result.Pooling.Name(),
        ["evaluations"] = new JsonArray([.. result.Scores.Select(score => new JsonObject
        {
            ["step"] = score.Step,
            ["heldOutLoss"] = score.HeldOutLoss,
            ["score"] = score.Score is { } value && double.IsFinite(value) ? value : null,
        })]),
    };

    /// <summary>For people.</summary>
    /// <inheritdoc cref="ToJson"/>
    public static IReadOnlyList<IReadOnlyList<string>> ToRows(PretrainingResult result, double? tokensPerSecond)
    {
        var culture = CultureInfo.InvariantCulture;
        (string Name, string? Value)[] rows =
        [
            ("steps", result.Steps.ToString("N0", culture)),
            ("tokens", result.Tokens.ToString("N0", culture)),
            ("padding", result.PaddingShare.ToString("0.0 %", culture)),
            ("tokens/s", tokensPerSecond?.ToString("N0", culture)),
            ("loss", result.Loss.ToString("0.0000", culture)),
            ("held-out loss", result.HeldOutLoss?.ToString("0.0000", culture)),
            ("held-out perplexity", Perplexity(result)?.ToString("0.0", culture)),
            ("score", result.Scores is [.., { Score: { } score }] ? score.ToString("0.0000", culture) : null),
            ("pooling", result.Pooling.Name()),
            ("model", result.Folder),
        ];
        return [.. rows.Where(row => row.Value is not null).Select(row => (string[])[row.Name, row.Value!])];
    }

    private static double? Perplexity(PretrainingResult result) => result.Scores is [.., var last] ? last.Perplexity : null;
}
