using System.Globalization;
using MiCse.Files;
using MiCse.Vectors;
using MiCse.Views.Map;

namespace MiCse.Cli.Views.Map;

/// <summary>Writes a map; the file's ending chooses what it becomes.</summary>
internal static class MapFile
{
    /// <summary>The endings there are.</summary>
    public static string[] Endings { get; } = [".html", ".svg", ".png", ".csv", ".tsv"];

    /// <summary>Writes the map.</summary>
    /// <param name="path">One of <see cref="Endings"/>.</param>
    /// <param name="map">The map.</param>
    /// <param name="embeddings">What was mapped; goes into a .tsv.</param>
    /// <param name="palette">The colours of a picture.</param>
    /// <returns>The files that were written.</returns>
    public static IReadOnlyList<string> Write(string path, TextMap map, EmbeddingMatrix embeddings, Palette palette)
    {
        if (Ending(path) == ".tsv")
        {
            return WriteProjector(path, map, embeddings);
        }

        AtomicFile.Write(path, stream =>
        {
            switch (Ending(path))
            {
                case ".html":
                    MapPage.Write(stream, map);
                    break;
                case ".svg":
                    new MapPicture(map, palette).WriteSvg(stream);
                    break;
                case ".png":
                    new MapPicture(map, palette).WritePng(stream);
                    break;
                default:
                    WriteCsv(stream, map);
                    break;
            }
        });
        return [path];
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static void WriteCsv(Stream stream, TextMap map)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var row in Rows(map))
        {
            writer.WriteLine(string.Join(',', row.Select(Quoted)));
        }
    }

    /// <summary>What TensorBoard's embedding projector loads: the embeddings without a header, and beside them the texts and their places in the map.</summary>
    private static string[] WriteProjector(string path, TextMap map, EmbeddingMatrix embeddings)
    {
        var metadata = Path.ChangeExtension(path, null) + "-metadata" + Path.GetExtension(path);
        AtomicFile.Write(path, stream =>
        {
            WriteLines(stream, Enumerable.Range(0, embeddings.Count)
                .Select(row => embeddings[row].ToArray().Select(Number)));

            // Inside, so that neither file is there when the other could not be written.
            AtomicFile.Write(metadata, inner => WriteLines(inner, Rows(map).Select(row => row.Select(OnOneLine))));
        });
        return [path, metadata];
    }

    private static void WriteLines(Stream stream, IEnumerable<IEnumerable<string>> rows)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join('\t', row));
        }
    }

    private static IEnumerable<string[]> Rows(TextMap map)
    {
        var axes = map.Points.Dimensions == 2 ? ["x", "y"] : Enumerable.Range(1, map.Points.Dimensions).Select(axis => $"component{axis}");
        yield return map.Labels is null ? ["text", .. axes] : ["text", "label", .. axes];
        for (var row = 0; row < map.Texts.Count; row++)
        {
            string[] place = [.. map.Points[row].ToArray().Select(Number)];
            yield return map.Labels is null ? [map.Texts[row], .. place] : [map.Texts[row], map.Labels[row], .. place];
        }
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A field as RFC 4180 has it.</summary>
    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    // The projector knows no quotes: a tab would begin a column and a line break a text.
    private static string OnOneLine(string field) => string.Join(' ', field.Split(['\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
