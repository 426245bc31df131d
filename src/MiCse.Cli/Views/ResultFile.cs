using System.Text;
using System.Text.Json.Nodes;
using MiCse.Files;

namespace MiCse.Cli.Views;

/// <summary>Results as a file: JSON lines, or comma-separated values with a header, by the ending of its name.</summary>
internal static class ResultFile
{
    /// <summary>The endings there are.</summary>
    public static string[] Endings { get; } = [".jsonl", ".csv"];

    /// <summary>Writes the whole file or nothing.</summary>
    /// <param name="path">One of <see cref="Endings"/>.</param>
    /// <param name="results">The results.</param>
    /// <param name="toJson">A result as a line of JSON.</param>
    /// <param name="header">The columns of the .csv file.</param>
    /// <param name="toRows">A result as rows of it, whose fields are quoted where they are texts.</param>
    /// <exception cref="IOException">The file cannot be written; one sentence with the path.</exception>
    public static void Write<T>(string path, IEnumerable<T> results, Func<T, JsonNode> toJson, string header, Func<T, IEnumerable<string>> toRows) =>
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            if (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var result in results)
                {
                    Json.WriteLine(writer, toJson(result));
                }

                return;
            }

            writer.WriteLine(header);
            foreach (var row in results.SelectMany(toRows))
            {
                writer.WriteLine(row);
            }
        });
}
