using System.Text.Json;
using MiCse.Evaluation.Tasks;
using MiCse.Files;

namespace MiCse.Evaluation.Reports;

/// <summary>Result files as the Massive Text Embedding Benchmark (MTEB) keeps them: a folder a model, a JSON file a task.</summary>
internal static class MtebResults
{
    private const string UnknownRevision = "no_revision_available";

    /// <summary>
    /// Writes FOLDER/MODEL/REVISION/TASK.json, where a slash in the model's name becomes two underscores, and beside them model_meta.json.
    /// The model's folder appears complete or not at all and replaces an older one. MTEB's own fields for time and emissions are null. The
    /// names of the transfer tasks are SentEval's: MTEB has no such tasks.
    /// </summary>
    /// <param name="folder">The folder of all results; made when it is not there.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="report">What was found.</param>
    /// <param name="revision">The model's revision, null when there is none.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Write(string folder, string model, EvaluationReport report, string? revision = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(report);
        var target = Path.Combine(folder, FolderName(model), revision ?? UnknownRevision);
        using var written = AtomicFolder.Create(target, overwrite: true);
        foreach (var task in report.Tasks)
        {
            WriteFile(Path.Combine(written.Path, MtebName(task.Name) + ".json"), writer => WriteTask(writer, task));
        }

        WriteFile(Path.Combine(written.Path, "model_meta.json"), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", model);
            writer.WriteString("revision", revision ?? UnknownRevision);
            writer.WriteString("framework", "MiCse");
            writer.WriteEndObject();
        });
        written.Commit();
        return target;
    }

    private static void WriteTask(Utf8JsonWriter writer, TaskResult task)
    {
        writer.WriteStartObject();
        writer.WriteString("dataset_revision", "senteval");
        writer.WriteString("task_name", MtebName(task.Name));
        writer.WriteNull("mteb_version");
        writer.WriteStartObject("scores");
        writer.WriteStartArray(task.Split == EvaluationSplit.Dev ? "dev" : "test");
        writer.WriteStartObject();
        WriteScores(writer, task);
        WriteFigure(writer, "main_score", task.Score);
        writer.WriteString("hf_subset", "default");
        writer.WriteStartArray("languages");
        writer.WriteStringValue("eng-Latn");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteNull("evaluation_time");
        writer.WriteNull("kg_co2_emissions");
        writer.WriteEndObject();
    }

    private static void WriteScores(Utf8JsonWriter writer, TaskResult task)
    {
        if (task is StsResult sts)
        {
            WriteFigure(writer, "cosine_spearman", sts.All.Spearman);
            WriteFigure(writer, "cosine_pearson", sts.All.Pearson);
        }
        else if (task is TransferResult transfer)
        {
            WriteFigure(writer, "accuracy", transfer.Accuracy);
            if (transfer.F1 is { } f1)
            {
                WriteFigure(writer, "f1", f1);
            }
        }
    }

    private static void WriteFigure(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteFile(string path, Action<Utf8JsonWriter> write)
    {
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        write(writer);
    }

    private static string MtebName(string name) => name == "SICKRelatedness" ? "SICK-R" : name;

    /// <summary>A local model is called by the last part of its path.</summary>
    private static string FolderName(string model) => Path.IsPathRooted(model) || model.StartsWith('.')
        ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)))
        : model.Replace("/", "__", StringComparison.Ordinal).Replace('\\', '_');
}
