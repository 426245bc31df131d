using System.Globalization;
using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation.Reports;

/// <summary>An evaluation as tables for people, in the layout of the paper: correlations and accuracies times 100.</summary>
internal static class EvaluationTables
{
    private const string Undefined = "-";

    /// <summary>
    /// The STS table (STS12 … S.Avg.) and the transfer table (MR … T.Avg.), each only when a task of it was asked for; alignment and
    /// uniformity; the worst pairs. A dash stands where files are missing or a figure is not defined.
    /// </summary>
    public static IReadOnlyList<ScoreTable> Of(EvaluationDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var report = document.Report;
        var intervals = document.Aggregation == SubsetAggregation.All;
        var sts = Scores(document, "STS", StsTask.All, "S.Avg.", document.Comparison?.Sts, [.. report.Sts.Select(task =>
            new Column(task.Name, task.Spearman(document.Aggregation), intervals ? task.Interval : null))]);
        var transfer = Scores(document, "Transfer", TransferTask.All, "T.Avg.", document.Comparison?.Transfer,
            [.. report.Transfer.Select(task => new Column(task.Name, task.Accuracy, task.Interval) { F1 = task.F1 })]);
        return [.. ((ScoreTable?[])[sts, transfer, Space(report), Worst(document)]).OfType<ScoreTable>()];
    }

    private static ScoreTable? Scores(
        EvaluationDocument document,
        string title,
        IEnumerable<EvaluationTask> all,
        string average,
        TaskComparison? averages,
        Column[] scored)
    {
        var missing = document.Report.Missing.Select(task => task.Name).ToHashSet();
        var byTask = scored.ToDictionary(column => column.Name);
        string[] names = [.. all.Select(task => task.Name).Where(name => missing.Contains(name) || byTask.ContainsKey(name))];
        if (names.Length == 0)
        {
            return null;
        }

        string[] Cells(string label, Func<Column, string> cell, string last) =>
            [label, .. names.Select(name => byTask.TryGetValue(name, out var column) ? cell(column) : Undefined), last];

        string[] Row(string label, Func<Column, double?> figure, double? last) =>
            Cells(label, column => Figure(figure(column)), Figure(last));

        var mean = scored.Length == 0 ? (double?)null : scored.Average(column => column.Score);
        var measure = document.Comparison is null ? Measure(title, document.Aggregation) : document.Model;
        var rows = new List<string[]> { Row(measure, column => column.Score, mean) };
        if (document.Comparison is { } comparison)
        {
            var byName = comparison.Tasks.ToDictionary(task => task.Name);
            rows.Add(Row(document.Against!, column => byName[column.Name].Second, averages?.Second));
            rows.Add(Row("difference", column => byName[column.Name].Difference, averages?.Difference));
            rows.Add(Row("95 % from", column => byName[column.Name].Interval?.Low, averages?.Interval?.Low));
            rows.Add(Row("95 % to", column => byName[column.Name].Interval?.High, averages?.Interval?.High));
            rows.Add(Cells("p", column => Probability(byName[column.Name].PValue), Probability(averages?.PValue)));
        }
        else if (Array.Exists(scored, column => column.Interval is not null))
        {
            rows.Add(Row("95 % from", column => column.Interval?.Low, null));
            rows.Add(Row("95 % to", column => column.Interval?.High, null));
        }

        if (Array.Exists(scored, column => column.F1 is not null))
        {
            rows.Add(Row("F1", column => column.F1, null));
        }

        return new ScoreTable([title, .. names.Select(Heading), average], rows);
    }

    private static ScoreTable? Space(EvaluationReport report) =>
        report.Sts.Select(task => task.AlignmentUniformity).FirstOrDefault(space => space is not null) is { } space
            ? new ScoreTable(
                [Heading(StsTask.BenchmarkName), "alignment", "uniformity"],
                [["lower is better", Plain(space.Alignment), Plain(space.Uniformity)]])
            : null;

    private static ScoreTable? Worst(EvaluationDocument document) => document.WorstPairs == 0 ? null : new ScoreTable(
        ["task", "gold", "cosine", "rank gap", "first", "second"],
        [.. document.Report.WorstPairs(document.WorstPairs).Select(worst =>
        {
            var (task, (pair, similarity), gap) = worst;
            return (string[])[Heading(task), Plain(pair.Gold), Plain(similarity), Plain(gap), pair.First, pair.Second];
        })],
        Figures: false);

    private static string Measure(string title, SubsetAggregation aggregation) => (title, aggregation) switch
    {
        ("Transfer", _) => "accuracy",
        (_, SubsetAggregation.Mean) => "Spearman (mean)",
        (_, SubsetAggregation.WeightedMean) => "Spearman (wmean)",
        _ => "Spearman",
    };

    /// <summary>A task's name as papers print it.</summary>
    internal static string Heading(string name) => name switch
    {
        StsTask.BenchmarkName => "STS-B",
        "SICKRelatedness" => "SICK-R",
        _ => name,
    };

    private static string Figure(double? value) => value is { } number && double.IsFinite(number)
        ? (100 * number).ToString("0.00", CultureInfo.InvariantCulture)
        : Undefined;

    private static string Plain(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : Undefined;

    /// <summary>A p value as the tables show it.</summary>
    internal static string Probability(double? value) => value switch
    {
        null => Undefined,
        < 0.001 => "<0.001",
        { } number => number.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private sealed record Column(string Name, double Score, ConfidenceInterval? Interval)
    {
        public double? F1 { get; init; }
    }
}
