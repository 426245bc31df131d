using System.Globalization;
using MiCse.Evaluation;

namespace MiCse.Cli.Output;

/// <summary>Evaluation results in the layout of the paper's table.</summary>
internal static class EvaluationTable
{
    /// <summary>Writes one column a task and the average, Spearman's correlation × 100; "-" where files are missing.</summary>
    public static void Write(TextWriter output, IReadOnlyList<StsTask> tasks, EvaluationReport report)
    {
        var scores = report.Tasks.ToDictionary(task => task.Name, task => task.All.Spearman);
        string[] header = [.. tasks.Select(task => Heading(task.Name)), "S.Avg."];
        string[] values = [.. tasks.Select(task => scores.TryGetValue(task.Name, out var score) ? Figure(score) : "-"), Figure(report.AverageSpearman ?? double.NaN)];
        Columns.Write(output, [header, values], [.. Enumerable.Range(0, header.Length)]);
    }

    /// <summary>Names the tasks that could not be scored.</summary>
    public static void WriteMissing(TextWriter error, EvaluationReport report)
    {
        foreach (var task in report.Missing)
        {
            error.WriteLine($"micse: {task.Name} is missing: there is no {task.File}.");
        }

        if (report.Missing.Count > 0)
        {
            error.WriteLine($"micse: the average is over {report.Tasks.Count} of {report.Tasks.Count + report.Missing.Count} tasks and compares only with averages over the same.");
        }
    }

    private static string Heading(string name) => name switch
    {
        "STSBenchmark" => "STS-B",
        "SICKRelatedness" => "SICK-R",
        _ => name,
    };

    private static string Figure(double score) => (100 * score).ToString("0.00", CultureInfo.InvariantCulture);
}
