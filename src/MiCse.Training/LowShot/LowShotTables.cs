using System.Globalization;
using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Statistics;
using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>A low-shot study as tables for people: correlations times 100.</summary>
internal static class LowShotTables
{
    private const string None = "-";

    /// <summary>Mean ± sample standard deviation over the seeds, a row for each number of sentences and arm; the untrained base model first.</summary>
    public static ScoreTable Scores(LowShotReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ScoreTable(
            ["sentences", "method", .. Columns(report).Select(column => column.Heading)],
            [
                ["0", "untrained", .. Columns(report).Select(column => Score(report.Untrained.Of(column.Task)))],
                .. report.Rows.Select(row => (string[])
                    [Count(row.Shots), row.Arm.Name, .. Columns(report).Select(column => Score(row.Scores(column.Task)))]),
            ])
        {
            Labels = 2,
        };
    }

    /// <summary>
    /// The differences to SimCSE: for the average mean ± standard deviation, n, t, two-sided p and the p corrected for all comparisons of the table (Holm, 1979), for each task the mean and the corrected p.
    /// Null without a row that is compared with SimCSE.
    /// </summary>
    public static ScoreTable? Differences(LowShotReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        LowShotRow[] compared = [.. report.Rows.Where(row => row.Control is not null)];
        if (compared.Length == 0)
        {
            return null;
        }

        var columns = Columns(report).ToArray();
        var corrected = HolmCorrection.Of([.. compared.SelectMany(row => columns.Select(column => row.Difference(column.Task)!.PValue))]).Chunk(columns.Length).ToArray();
        return new ScoreTable(
            ["sentences", "method", "average", "n", "t", "p", "p (Holm)", .. columns.Skip(1).Select(column => $"{column.Heading} (p, Holm)")],
            [
                .. compared.Zip(corrected, (row, p) => (string[])
                [
                    Count(row.Shots), row.Arm.Name, .. Average(row.Difference()!), Probability(p[0]),
                    .. columns.Skip(1).Select((column, index) => Difference(row.Difference(column.Task)!, p[index + 1])),
                ]),
            ])
        {
            Labels = 2,
        };
    }

    /// <summary>
    /// What training did to two views of a sentence: attention mutual information, alignment and uniformity, mean ± deviation over the seeds. Null when nothing was measured.
    /// </summary>
    public static ScoreTable? Views(LowShotReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Views is not { } before)
        {
            return null;
        }

        return new ScoreTable(
            ["sentences", "method", "mutual information", "alignment", "uniformity", "average score"],
            [
                ["0", "untrained", Plain(before.AttentionMutualInformation), Plain(before.Alignment), Plain(before.Uniformity), Score(report.Untrained.Of())],
                .. from row in report.Rows
                   let views = row.Cells.Select(cell => cell.Views).OfType<HeldOutMeasures>().ToArray()
                   where views.Length == row.Cells.Count
                   select (string[])
                   [
                       Count(row.Shots), row.Arm.Name, Spread(views, of => of.AttentionMutualInformation ?? double.NaN), Spread(views, of => of.Alignment),
                       Spread(views, of => of.Uniformity), Score(row.Scores()),
                   ],
            ])
        {
            Labels = 2,
        };
    }

    /// <summary>
    /// Over all trainings of a study that are compared with SimCSE: Spearman's correlation between how much more mutual information than SimCSE's an arm has and how much
    /// better it scores; null with fewer than three.
    /// </summary>
    /// <param name="report">The study.</param>
    /// <param name="task">SentEval's name; null for the average.</param>
    public static double? GainOfAgreement(LowShotReport report, string? task)
    {
        ArgumentNullException.ThrowIfNull(report);
        (double Information, double Score)[] gains =
        [
            .. from row in report.Rows
               where row.Control is not null
               from pair in row.Cells.Zip(row.Control!.Cells)
               where pair.First.Views?.AttentionMutualInformation is not null && pair.Second.Views?.AttentionMutualInformation is not null
               select (pair.First.Views!.AttentionMutualInformation!.Value - pair.Second.Views!.AttentionMutualInformation!.Value, pair.First.Scores.Of(task) - pair.Second.Scores.Of(task)),
        ];
        return gains.Length < 3 ? null : Correlation.Spearman([.. gains.Select(gain => gain.Information)], [.. gains.Select(gain => gain.Score)]);
    }

    /// <summary>What each row was trained with, as far as rows may differ.</summary>
    public static ScoreTable Recipes(LowShotReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ScoreTable(
            ["sentences", "method", "λ", "layers", "positions", "dropout", "steps", "evaluated every"],
            [
                .. report.Rows.Select(row =>
                {
                    var attention = row.Arm.Method == TrainingMethod.MiCse;
                    return (string[])
                    [
                        Count(row.Shots), row.Arm.Name,
                        attention ? row.Options.Lambda.ToString("0.############", CultureInfo.InvariantCulture) : None,
                        attention ? row.Options.Layers!.Value.ToString() : None,
                        attention ? row.Options.Estimator.ToString().ToLowerInvariant() : None,
                        row.Options.HiddenDropout!.Value.ToString(CultureInfo.InvariantCulture),
                        Count(row.Options.Steps!.Value),
                        row.Options.Selection == CheckpointSelection.Score ? Count(row.Options.EvaluateEvery) : None,
                    ];
                }),
            ])
        {
            Labels = 2,
        };
    }

    // A task of null is the average.
    private static IEnumerable<(string Heading, string? Task)> Columns(LowShotReport report) =>
        [("average", null), .. report.Tasks.Select(task => (task.Heading, (string?)task.Task))];

    private static string[] Average(PairedTTest test) =>
    [
        Signed(test.Differences.Mean) + (test.Differences.StandardDeviation is { } deviation ? $" ± {Figure(deviation, 100, "0.000")}" : ""),
        Count(test.Differences.Count),
        Figure(test.T, 1, "0.00"),
        Probability(test.PValue),
    ];

    private static string Difference(PairedTTest test, double? corrected) =>
        Signed(test.Differences.Mean) + (corrected is null ? "" : $" ({Probability(corrected)})");

    private static string Score(SeedStatistics scores) =>
        Score(scores.Mean) + (scores.StandardDeviation is { } deviation ? $" ± {Score(deviation)}" : "");

    private static string Spread(HeldOutMeasures[] views, Func<HeldOutMeasures, double> figure)
    {
        var statistics = SeedStatistics.Of([.. views.Select(figure)]);
        return Plain(statistics.Mean) + (statistics.StandardDeviation is { } deviation ? $" ± {Plain(deviation)}" : "");
    }

    private static string Plain(double? value) => Figure(value, 1, "0.0000");

    private static string Score(double score) => Figure(score, 100, "0.00");

    // The thousandths that differences have and scores have not: where λ is small they say that there is next to none.
    private static string Signed(double difference) => double.IsFinite(difference)
        ? (100 * difference).ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture)
        : None;

    private static string Figure(double? value, double factor, string format) => value is { } number && double.IsFinite(number)
        ? (factor * number).ToString(format, CultureInfo.InvariantCulture)
        : None;

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Probability(double? value) => value switch
    {
        null or double.NaN => None,
        < 0.001 => "<0.001",
        { } number => number.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
