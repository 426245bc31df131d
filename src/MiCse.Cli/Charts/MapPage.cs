using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace MiCse.Cli.Charts;

/// <summary>A map as one HTML page that needs nothing else: map.html with its style, its script and the texts put in.</summary>
internal static partial class MapPage
{
    // Letters of all languages as they are, but no < or & that could end the script element.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, TextMap map)
    {
        // One pass over the template: a text that looks like a placeholder stays a text.
        var template = Resource("map.html");
        var start = 0;
        using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (Match placeholder in Placeholder().Matches(template))
        {
            writer.Write(template.AsSpan(start, placeholder.Index - start));
            start = placeholder.Index + placeholder.Length;
            switch (placeholder.Groups[1].Value)
            {
                case "title":
                    writer.Write(WebUtility.HtmlEncode(map.Title));
                    break;
                case "data":
                    writer.Flush();
                    WriteData(stream, map);
                    break;
                case "style":
                    writer.Write(Resource("map.css"));
                    break;
                default:
                    writer.Write(Resource("map.js"));
                    break;
            }
        }

        writer.Write(template.AsSpan(start));
    }

    private static void WriteData(Stream stream, TextMap map)
    {
        using var json = new Utf8JsonWriter(stream, s_json);
        json.WriteStartObject();
        json.WriteString("title", map.Title);
        json.WriteString("about", map.About);
        WriteCoordinates(json, "x", map, 0);
        WriteCoordinates(json, "y", map, 1);
        json.WriteStartArray("frame");
        foreach (var side in new[] { map.Frame.Left, map.Frame.Bottom, map.Frame.Right, map.Frame.Top })
        {
            json.WriteNumberValue(side);
        }

        json.WriteEndArray();
        WriteStrings(json, "texts", map.Texts);
        if (map.Labels is not null)
        {
            WriteStrings(json, "labels", map.LabelNames);
            json.WriteStartArray("label");
            foreach (var index in map.LabelIndices())
            {
                json.WriteNumberValue(index);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteCoordinates(Utf8JsonWriter json, string name, TextMap map, int axis)
    {
        json.WriteStartArray(name);
        for (var row = 0; row < map.Points.Count; row++)
        {
            json.WriteNumberValue(Math.Round((decimal)map.Points[row][axis], 4));
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(MapPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().TrimEnd();
    }

    [GeneratedRegex(@"\{\{(title|style|data|script)\}\}")]
    private static partial Regex Placeholder();
}
