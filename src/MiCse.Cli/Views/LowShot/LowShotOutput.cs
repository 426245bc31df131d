using System.Text;
using System.Text.Json;
using MiCse.Cli.Terminal;
using MiCse.Evaluation.Reports;
using MiCse.Files;
using MiCse.Training.LowShot;

namespace MiCse.Cli.Views.LowShot;

/// <summary>The results of a low-shot study on the terminal and in its folder.</summary>
internal static class LowShotOutput
{
    private const string Png = "report.png";

    /// <summary>Writes report.json, report.md, and the plot as report.png and report.svg, and as report-dark.png and report-dark.svg on a dark ground.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, LowShotReport report)
    {
        AtomicFile.Write(Path.Combine(folder, "report.json"), stream =>
        {
            using var writer = new Utf8JsonWriter(stream, Json.Options with { Indented = true });
            LowShotJson.Write(writer, report);
        });
        AtomicFile.Write(Path.Combine(folder, "report.md"), stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            LowShotMarkdown.Write(writer, report, Png);
        });
        foreach (var (suffix, palette) in new[] { ("", Palette.Light), ("-dark", Palette.Dark) })
        {
            Picture chart = report.Rows.DistinctBy(row => row.Shots).Count() == 1 ? new LowShotDots(report, palette) : new LowShotChart(report, palette);
            AtomicFile.Write(Path.Combine(folder, $"report{suffix}.png"), chart.WritePng);
            AtomicFile.Write(Path.Combine(folder, $"report{suffix}.svg"), chart.WriteSvg);
        }
    }

    /// <summary>Prints the tables and where everything is, or one JSON document.</summary>
    public static void Print(StandardStreams streams, string folder, LowShotReport report, bool json)
    {
        if (json)
        {
            Json.WriteLine(streams.Output, writer => LowShotJson.Write(writer, report));
            return;
        }

        PrintTable(streams.Output, LowShotTables.Scores(report));
        if (LowShotTables.Differences(report) is { } differences)
        {
            streams.Output.WriteLine();
            streams.Output.WriteLine("difference to SimCSE");
            PrintTable(streams.Output, differences);
        }

        streams.Output.WriteLine();
        Columns.Write(streams.Output, [["report", Path.Combine(folder, "report.md")], ["plot", Path.Combine(folder, Png)]]);
    }

    private static void PrintTable(TextWriter output, ScoreTable table) =>
        Columns.Write(output, [table.Header, .. table.Rows], [0, .. Enumerable.Range(table.Labels, table.Header.Count - table.Labels)]);
}
