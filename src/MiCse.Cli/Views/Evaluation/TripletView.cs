using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Evaluation;
using MiCse.Evaluation.Reports;

namespace MiCse.Cli.Views.Evaluation;

/// <summary>Scores of triplets as a table, accuracies times 100, and as JSON, 0..1.</summary>
/// <param name="Model">How the model is called.</param>
/// <param name="Scores">The score of each kind of triplets, and last that of all.</param>
/// <param name="Against">The other model; null without a comparison.</param>
/// <param name="Others">Its scores.</param>
internal sealed record TripletView(string Model, IReadOnlyList<TripletScore> Scores, string? Against, IReadOnlyList<TripletScore>? Others)
{
    private const string All = "all";

    /// <summary>A row for each kind of triplets, and the last for all.</summary>
    public ScoreTable Table() => Others is null
        ? new ScoreTable(
            ["Triplets", "of", "right", "accuracy", "95 % from", "95 % to", "margin"],
            [.. Scores.Select(score => (string[])
            [
                score.Label ?? All, Number(score.Margins.Count), Number(score.Right), Percent(score.Accuracy), Percent(score.Interval.Low), Percent(score.Interval.High),
                score.MeanMargin.ToString("0.0000", CultureInfo.InvariantCulture),
            ])])
        : new ScoreTable(
            ["Triplets", "of", Model, Against!, "difference", "p"],
            [.. Scores.Zip(Others, (first, second) => (string[])
            [
                first.Label ?? All, Number(first.Margins.Count), Number(first.Right), Number(second.Right),
                (first.Right - second.Right).ToString("+0;-0;0", CultureInfo.InvariantCulture), first.PValueAgainst(second).ToString("0.000", CultureInfo.InvariantCulture),
            ])]);

    /// <summary>
    /// <c>model</c>, <c>triplets</c> (<c>count</c>, <c>right</c>, <c>accuracy</c>, <c>interval</c>, <c>margin</c>), <c>labels</c> (the same for each kind), and with
    /// another model <c>against</c> with its own and <c>p</c>.
    /// </summary>
    public JsonObject ToJson()
    {
        var document = Document(Model, Scores);
        if (Others is not null)
        {
            var other = Document(Against!, Others);
            other["p"] = Scores[^1].PValueAgainst(Others[^1]);
            document["against"] = other;
        }

        return document;
    }

    private static JsonObject Document(string model, IReadOnlyList<TripletScore> scores) => new()
    {
        ["model"] = model,
        ["triplets"] = Figures(scores[^1]),
        ["labels"] = new JsonObject(scores.Take(scores.Count - 1).Select(score => KeyValuePair.Create(score.Label!, (JsonNode?)Figures(score)))),
    };

    private static JsonObject Figures(TripletScore score) => new()
    {
        ["count"] = score.Margins.Count,
        ["right"] = score.Right,
        ["accuracy"] = score.Accuracy,
        ["interval"] = new JsonArray(score.Interval.Low, score.Interval.High),
        ["margin"] = double.IsFinite(score.MeanMargin) ? score.MeanMargin : null,
    };

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
