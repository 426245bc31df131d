using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Views;

namespace MiCse.Cli.Demo;

/// <summary>The scores of the three models side by side, and what follows from them.</summary>
internal sealed class DemoReport
{
    private readonly IReadOnlyList<(string Name, string Key, IReadOnlyList<DemoFigure> Figures)> _rows;
    private readonly IReadOnlyList<DemoFigure> _gain;
    private readonly IReadOnlyList<DemoFigure> _lead;

    /// <summary>Compares them.</summary>
    /// <param name="start">The model that both trainings started from.</param>
    /// <param name="simCse">The model trained with SimCSE.</param>
    /// <param name="miCse">The model trained with miCSE.</param>
    /// <param name="seed">Decides the bootstrap samples.</param>
    public DemoReport(DemoScores start, DemoScores simCse, DemoScores miCse, long seed)
    {
        _gain = Figures(measure => measure.Difference(miCse, start, seed));
        _lead = Figures(measure => measure.Difference(miCse, simCse, seed));
        _rows =
        [
            ("before", "before", Figures(measure => measure.Of(start, seed))),
            ("SimCSE", "simcse", Figures(measure => measure.Of(simCse, seed))),
            ("miCSE", "micse", Figures(measure => measure.Of(miCse, seed))),
            ("miCSE less before", "micseLessBefore", _gain),
            ("miCSE less SimCSE", "micseLessSimcse", _lead),
        ];
    }

    /// <summary>What the intervals say, in two sentences.</summary>
    public IReadOnlyList<string> Verdict =>
    [
        $"{Outcome(_gain, "Adapting helps here", "Adapting helps and harms here", "Adapting harms here", "Adapting does not help here")}: with miCSE {Listed(_gain, "than before")}.",
        $"{Outcome(_lead, "miCSE is ahead of SimCSE", "miCSE and SimCSE each win something", "miCSE is behind SimCSE", "miCSE and SimCSE do not differ")}: {Listed(_lead, "than with SimCSE")}.",
    ];

    /// <summary>The rows of the table, its head first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ToRows() =>
    [
        ["", .. DemoMeasure.All.Select(measure => measure.Name)],
        .. _rows.Select((row, at) => (string[])[row.Name, .. row.Figures.Select(figure => Text(figure, at > 2))]),
    ];

    /// <summary>The same for programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (_, key, figures) in _rows)
        {
            json[key] = new JsonObject(DemoMeasure.All.Zip(figures, (measure, figure) => KeyValuePair.Create<string, JsonNode?>(
                measure.Key, new JsonObject { ["value"] = figure.Value, ["low"] = figure.Interval?.Low, ["high"] = figure.Interval?.High })));
        }

        json["verdict"] = Json.Array(Verdict.Select(sentence => JsonValue.Create(sentence)));
        return json;
    }

    private static IReadOnlyList<DemoFigure> Figures(Func<DemoMeasure, DemoFigure> figure) => [.. DemoMeasure.All.Select(figure)];

    private static string Outcome(IReadOnlyList<DemoFigure> differences, string better, string both, string worse, string neither)
    {
        var (anyBetter, anyWorse) = (differences.Any(difference => difference.Sign > 0), differences.Any(difference => difference.Sign < 0));
        return (anyBetter, anyWorse) switch { (true, true) => both, (true, false) => better, (false, true) => worse, _ => neither };
    }

    private static string Listed(IReadOnlyList<DemoFigure> differences, string than)
    {
        (int Sign, string Words)[] kinds = [(1, $"better {than}"), (-1, $"worse {than}"), (0, "no difference that the interval tells from 0")];
        return string.Join("; ", kinds
            .Select(kind => (kind.Words, Names: string.Join(" and ", DemoMeasure.All.Where((_, at) => differences[at].Sign == kind.Sign).Select(measure => measure.Words))))
            .Where(kind => kind.Names.Length > 0)
            .Select(kind => $"{kind.Words}: {kind.Names}"));
    }

    private static string Text(DemoFigure figure, bool signed)
    {
        var format = signed ? "+0.0;-0.0;0.0" : "0.0";
        return figure.Interval is { } interval ? $"{Of(figure.Value)} [{Of(interval.Low)}, {Of(interval.High)}]" : Of(figure.Value);

        string Of(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
