using System.Text.Json;
using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation.Reports;

/// <summary>An evaluation as one JSON object for programs.</summary>
internal static class EvaluationJson
{
    /// <summary>
    /// Writes <c>model</c>, <c>tasks</c> (name → for STS <c>split</c>, <c>pairs</c>, <c>spearman</c>, <c>pearson</c>, <c>interval</c>,
    /// <c>mean</c>, <c>wmean</c>, <c>subsets</c> and for STS Benchmark <c>alignment</c>, <c>uniformity</c>; for transfer <c>split</c>,
    /// <c>accuracy</c>, <c>f1</c>, <c>interval</c>), <c>average</c> (<c>sts</c>, <c>transfer</c>), <c>missing</c> (names), and when asked
    /// for <c>worst</c> (pairs) and <c>comparison</c>. A figure that is not defined is null.
    /// </summary>
    /// <param name="writer">Where to; flushed.</param>
    /// <param name="document">What to write.</param>
    public static void Write(Utf8JsonWriter writer, EvaluationDocument document)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(document);
        var report = document.Report;
        writer.WriteStartObject();
        writer.WriteString("model", document.Model);
        writer.WriteStartObject("tasks");
        foreach (var task in report.Sts)
        {
            WriteSts(writer, task);
        }

        foreach (var task in report.Transfer)
        {
            WriteTransfer(writer, task);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("average");
        WriteFigure(writer, "sts", report.AverageSpearman);
        WriteFigure(writer, "transfer", report.AverageAccuracy);
        writer.WriteEndObject();
        writer.WriteStartArray("missing");
        foreach (var task in report.Missing)
        {
            writer.WriteStringValue(task.Name);
        }

        writer.WriteEndArray();
        if (document.WorstPairs > 0)
        {
            WriteWorst(writer, report.WorstPairs(document.WorstPairs));
        }

        if (document.Comparison is { } comparison)
        {
            WriteComparison(writer, document.Against, comparison);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteSts(Utf8JsonWriter writer, StsResult task)
    {
        WriteStart(writer, task);
        WriteScore(writer, task.All);
        WriteInterval(writer, task.Interval);
        WriteMean(writer, "mean", task.MeanSpearman, task.MeanPearson);
        WriteMean(writer, "wmean", task.WeightedMeanSpearman, task.WeightedMeanPearson);
        if (task.AlignmentUniformity is { } space)
        {
            WriteFigure(writer, "alignment", space.Alignment);
            WriteFigure(writer, "uniformity", space.Uniformity);
        }

        writer.WriteStartObject("subsets");
        foreach (var (name, score) in task.Subsets)
        {
            writer.WriteStartObject(name);
            WriteScore(writer, score);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTransfer(Utf8JsonWriter writer, TransferResult task)
    {
        WriteStart(writer, task);
        WriteFigure(writer, "accuracy", task.Accuracy);
        if (task.F1 is { } f1)
        {
            WriteFigure(writer, "f1", f1);
        }

        WriteInterval(writer, task.Interval);
        writer.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter writer, TaskResult task)
    {
        writer.WriteStartObject(task.Name);
        writer.WriteString("split", task.Split == EvaluationSplit.Dev ? "dev" : "test");
    }

    private static void WriteWorst(Utf8JsonWriter writer, IReadOnlyList<WorstPair> worst)
    {
        writer.WriteStartArray("worst");
        foreach (var (task, (pair, similarity), gap) in worst)
        {
            writer.WriteStartObject();
            writer.WriteString("task", task);
            writer.WriteString("first", pair.First);
            writer.WriteString("second", pair.Second);
            writer.WriteNumber("gold", pair.Gold);
            writer.WriteNumber("similarity", similarity);
            writer.WriteNumber("rankGap", gap);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteComparison(Utf8JsonWriter writer, string? against, ModelComparison comparison)
    {
        writer.WriteStartObject("comparison");
        writer.WriteString("against", against);
        writer.WriteStartObject("tasks");
        foreach (var task in comparison.Tasks)
        {
            WriteComparison(writer, task.Name, task);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("average");
        WriteComparison(writer, "sts", comparison.Sts);
        WriteComparison(writer, "transfer", comparison.Transfer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteComparison(Utf8JsonWriter writer, string name, TaskComparison? comparison)
    {
        if (comparison is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        WriteFigure(writer, "score", comparison.First);
        WriteFigure(writer, "against", comparison.Second);
        WriteFigure(writer, "difference", comparison.Difference);
        WriteInterval(writer, comparison.Interval);
        WriteFigure(writer, "p", comparison.PValue);
        writer.WriteEndObject();
    }

    private static void WriteScore(Utf8JsonWriter writer, StsScore score)
    {
        writer.WriteNumber("pairs", score.Pairs);
        WriteFigure(writer, "spearman", score.Spearman);
        WriteFigure(writer, "pearson", score.Pearson);
    }

    private static void WriteMean(Utf8JsonWriter writer, string name, double spearman, double pearson)
    {
        writer.WriteStartObject(name);
        WriteFigure(writer, "spearman", spearman);
        WriteFigure(writer, "pearson", pearson);
        writer.WriteEndObject();
    }

    private static void WriteInterval(Utf8JsonWriter writer, ConfidenceInterval? interval)
    {
        if (interval is not { } bounds)
        {
            writer.WriteNull("interval");
            return;
        }

        writer.WriteStartArray("interval");
        writer.WriteNumberValue(bounds.Low);
        writer.WriteNumberValue(bounds.High);
        writer.WriteEndArray();
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
