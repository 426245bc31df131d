using System.Text.Json;

namespace MiCse.Evaluation;

/// <summary>What an evaluation found.</summary>
/// <param name="Tasks">The tasks that were scored, in the order of <see cref="StsTask.All"/>.</param>
/// <param name="Missing">The tasks whose files are not there; they count in no average.</param>
public sealed record EvaluationReport(IReadOnlyList<StsResult> Tasks, IReadOnlyList<MissingTask> Missing)
{
    /// <summary>
    /// The mean of the Spearman correlations of the tasks in <see cref="Tasks"/>; comparable with a published average only when
    /// <see cref="Missing"/> is empty and all seven were asked for. Null without any task.
    /// </summary>
    public double? AverageSpearman => Tasks.Count > 0 ? Tasks.Average(task => task.All.Spearman) : null;

    /// <summary>
    /// Writes the report as one JSON object: <c>model</c>, <c>tasks</c> (name → split, pairs, spearman, pearson, mean, wmean, subsets), <c>average</c>
    /// (<c>sts</c>), <c>missing</c> (names). Correlations are -1..1; one that is not defined is null.
    /// </summary>
    /// <param name="writer">Where to; flushed.</param>
    /// <param name="model">How the model is called.</param>
    public void WriteTo(Utf8JsonWriter writer, string model)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteStartObject("tasks");
        foreach (var task in Tasks)
        {
            writer.WriteStartObject(task.Name);
            writer.WriteString("split", task.Split == EvaluationSplit.Dev ? "dev" : "test");
            WriteScore(writer, task.All);
            WriteMean(writer, "mean", task.MeanSpearman, task.MeanPearson);
            WriteMean(writer, "wmean", task.WeightedMeanSpearman, task.WeightedMeanPearson);
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

        writer.WriteEndObject();
        writer.WriteStartObject("average");
        WriteFigure(writer, "sts", AverageSpearman ?? double.NaN);
        writer.WriteEndObject();
        writer.WriteStartArray("missing");
        foreach (var task in Missing)
        {
            writer.WriteStringValue(task.Name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
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

    private static void WriteFigure(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsNaN(value))
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, value);
        }
    }
}
