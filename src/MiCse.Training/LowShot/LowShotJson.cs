using System.Text.Json;
using MiCse.Evaluation.Tasks;
using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>A low-shot study as one JSON object for programs.</summary>
internal static class LowShotJson
{
    /// <summary>
    /// Writes <c>model</c>, <c>data</c>, <c>seeds</c>, <c>tasks</c> (name → split), <c>averaged</c> (the tasks that averages are over), <c>untrained</c>
    /// (task → score, <c>average</c>, and of two views of a sentence <c>attentionMutualInformation</c>, <c>alignment</c>, <c>uniformity</c>) and <c>rows</c>. A row has <c>shots</c>, <c>method</c> (the arm's name), <c>lambda</c>, <c>layers</c>,
    /// <c>estimator</c>, <c>steps</c>, <c>dropout</c>, <c>selfRanking</c>, <c>cells</c> (a seed's scores, <c>bestStep</c>, <c>bestScore</c>, and of two views as above), <c>scores</c> and <c>average</c> (<c>n</c>,
    /// <c>mean</c>, <c>standardDeviation</c>), and the <c>difference</c> to SimCSE, or null, with <c>scores</c> and <c>average</c> that have <c>t</c> and
    /// <c>p</c> too. Values are -1..1; a figure that is not defined is null.
    /// </summary>
    /// <param name="writer">Where to; flushed.</param>
    /// <param name="report">What to write.</param>
    public static void Write(Utf8JsonWriter writer, LowShotReport report)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(report);
        writer.WriteStartObject();
        writer.WriteString("model", report.Model);
        writer.WriteString("data", report.Data);
        writer.WriteStartArray("seeds");
        foreach (var seed in report.Seeds)
        {
            writer.WriteNumberValue(seed);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("tasks");
        foreach (var task in report.Tasks)
        {
            writer.WriteString(task.Task, task.Split == EvaluationSplit.Dev ? "dev" : "test");
        }

        writer.WriteEndObject();
        writer.WriteStartArray("averaged");
        foreach (var task in report.Untrained.Averaged)
        {
            writer.WriteStringValue(task.Task);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("untrained");
        WriteScores(writer, report.Untrained);
        WriteViews(writer, report.Views);
        writer.WriteEndObject();
        writer.WriteStartArray("rows");
        foreach (var row in report.Rows)
        {
            WriteRow(writer, report, row);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteRow(Utf8JsonWriter writer, LowShotReport report, LowShotRow row)
    {
        var attention = row.Arm.Method == TrainingMethod.MiCse;
        writer.WriteStartObject();
        writer.WriteNumber("shots", row.Shots);
        writer.WriteString("method", row.Arm.Name);
        WriteFigure(writer, "lambda", attention ? row.Options.Lambda : null);
        writer.WriteString("layers", attention ? row.Options.Layers.ToString() : null);
        writer.WriteString("estimator", attention ? row.Options.Estimator.ToString().ToLowerInvariant() : null);
        WriteFigure(writer, "dropout", row.Options.HiddenDropout);
        WriteFigure(writer, "selfRanking", row.Arm.SelfRanking);
        writer.WriteNumber("steps", row.Options.Steps!.Value);
        writer.WriteStartArray("cells");
        foreach (var cell in row.Cells)
        {
            writer.WriteStartObject();
            writer.WriteNumber("seed", cell.Cell.Seed);
            WriteScores(writer, cell.Scores);
            WriteFigure(writer, "bestStep", cell.Best?.Step);
            WriteFigure(writer, "bestScore", cell.Best?.Score);
            WriteViews(writer, cell.Views);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteFigures(writer, report, task => WriteStatistics(writer, row.Scores(task)));
        if (row.Control is null)
        {
            writer.WriteNull("difference");
        }
        else
        {
            writer.WriteStartObject("difference");
            WriteFigures(writer, report, task => WriteTest(writer, row.Difference(task)!));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteScores(Utf8JsonWriter writer, TaskScores scores)
    {
        writer.WriteStartObject("scores");
        foreach (var task in scores.Tasks)
        {
            WriteFigure(writer, task.Task, task.Score);
        }

        writer.WriteEndObject();
        WriteFigure(writer, "average", scores.Of());
    }

    private static void WriteViews(Utf8JsonWriter writer, HeldOutMeasures? views)
    {
        WriteFigure(writer, "attentionMutualInformation", views?.AttentionMutualInformation);
        WriteFigure(writer, "alignment", views?.Alignment);
        WriteFigure(writer, "uniformity", views?.Uniformity);
    }

    private static void WriteFigures(Utf8JsonWriter writer, LowShotReport report, Action<string?> write)
    {
        writer.WriteStartObject("scores");
        foreach (var task in report.Tasks)
        {
            writer.WriteStartObject(task.Task);
            write(task.Task);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("average");
        write(null);
        writer.WriteEndObject();
    }

    private static void WriteStatistics(Utf8JsonWriter writer, SeedStatistics statistics)
    {
        writer.WriteNumber("n", statistics.Count);
        WriteFigure(writer, "mean", statistics.Mean);
        WriteFigure(writer, "standardDeviation", statistics.StandardDeviation);
    }

    private static void WriteTest(Utf8JsonWriter writer, PairedTTest test)
    {
        WriteStatistics(writer, test.Differences);
        WriteFigure(writer, "t", test.T);
        WriteFigure(writer, "p", test.PValue);
    }

    private static void WriteFigure(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
