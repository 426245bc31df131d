using System.Text;
using System.Text.Json;
using MiCse.Cli.Terminal;
using MiCse.Evaluation;
using MiCse.Evaluation.Reports;
using MiCse.Files;

namespace MiCse.Cli.Views.Evaluation;

/// <summary>Evaluation results on the terminal and in files.</summary>
internal static class EvaluationOutput
{
    /// <summary>Names the tasks that cannot be scored, before hours go into the others.</summary>
    public static void PrintMissing(TextWriter error, IReadOnlyList<MissingTask> missing)
    {
        foreach (var task in missing)
        {
            error.WriteLine($"micse: {task.Name} is missing: there is no {task.File}.");
        }
    }

    /// <summary>Writes tables, or one JSON document; how far averages can be compared goes to the error stream.</summary>
    public static void Print(StandardStreams streams, EvaluationDocument document, bool json)
    {
        if (json)
        {
            Json.WriteLine(streams.Output, writer => EvaluationJson.Write(writer, document));
        }
        else
        {
            PrintTables(streams.Output, document);
        }

        PrintScope(streams.Error, document.Report);
    }

    /// <summary>Writes a .md or .json file, or MTEB's folder.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static void Write(string path, EvaluationDocument document)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".md":
                AtomicFile.Write(path, stream => WriteMarkdown(stream, document));
                break;
            case ".json":
                AtomicFile.Write(path, stream =>
                {
                    using var writer = new Utf8JsonWriter(stream, Json.Options with { Indented = true });
                    EvaluationJson.Write(writer, document);
                });
                break;
            default:
                MtebResults.Write(path, document.Model, document.Report);
                break;
        }
    }

    private static void PrintTables(TextWriter output, EvaluationDocument document)
    {
        var tables = EvaluationTables.Of(document);
        for (var i = 0; i < tables.Count; i++)
        {
            if (i > 0)
            {
                output.WriteLine();
            }

            var figures = Enumerable.Range(1, tables[i].Figures ? tables[i].Header.Count - 1 : 0);
            Columns.Write(output, [tables[i].Header, .. tables[i].Rows], [.. figures]);
        }
    }

    private static void WriteMarkdown(Stream stream, EvaluationDocument document)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write($"# {document.Model}\n");
        foreach (var table in EvaluationTables.Of(document))
        {
            writer.Write('\n');
            table.WriteMarkdown(writer);
        }

        if (document.Report.Missing.Count > 0)
        {
            writer.Write($"\nMissing: {string.Join(", ", document.Report.Missing.Select(task => $"{task.Name} ({task.File})"))}.\n");
        }
    }

    private static void PrintScope(TextWriter error, EvaluationReport report)
    {
        if (report.Missing.Count > 0)
        {
            var scored = report.Tasks.Count();
            error.WriteLine(
                $"micse: the averages are over {scored} of {scored + report.Missing.Count} tasks and compare only with averages over the same.");
        }
    }
}
