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
            ["kind", "triplets", "right", "accuracy", "95 % from", "95 % to", "margin"],
            [.. Scores.Select(score => (string[])
            [
                score.Label ?? All, Number(score.Margins.Count), Number(score.Right), Percent(score.Accuracy), Percent(score.Interval.Low), Percent(score.Interval.High),
                (Math.Abs(score.MeanMargin) < TripletScore.Tie ? 0 : score.MeanMargin).ToString("0.0000", CultureInfo.InvariantCulture),
            ])])
        : new ScoreTable(
            ["kind", "triplets", Model, Against!, "difference", "p"],
            [.. Scores.Zip(Others, (first, second) => (string[])
            [
                first.Label ?? All, Number(first.Margins.Count), Number(first.Right), Number(second.Right),
                (first.Right - second.Right).ToString("+0;-0;0", CultureInfo.InvariantCulture), EvaluationTables.Probability(first.PValueAgainst(second)),
            ])]);

    /// <summary>
    /// <c>model</c>, <c>triplets</c> (<c>count</c>, <c>right</c>, <c>accuracy</c>, <c>interval</c>, <c>margin</c>), <c>kinds</c> (the same for each kind), and with
    /// another model <c>against</c> with its own, each with <c>p</c> of the difference.
    /// </summary>
    public JsonObject ToJson()
    {
        var document = Document(Model, Scores.Select(Figures));
        if (Others is not null)
        {
            document["against"] = Document(Against!, Others.Zip(Scores, (other, score) =>
            {
                var figures = Figures(other);
                figures["p"] = score.PValueAgainst(other);
                return figures;
            }));
        }

        return document;
    }

    private JsonObject Document(string model, IEnumerable<JsonObject> figures)
    {
        var all = figures.ToList();
        return new JsonObject
        {
            ["model"] = model,
            ["triplets"] = all[^1],
            ["kinds"] = new JsonObject(Scores.SkipLast(1).Zip(all, (score, figure) => KeyValuePair.Create(score.Label!, (JsonNode?)figure))),
        };
    }

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
