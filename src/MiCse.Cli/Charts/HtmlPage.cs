using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace MiCse.Cli.Charts;

/// <summary>A page that needs nothing else: NAME.html with its style, its script and its data put in.</summary>
internal static partial class HtmlPage
{
    // Letters of all languages as they are, but no < or & that could end the script element.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the page.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="name">The name of the template, "map".</param>
    /// <param name="title">What the window is called.</param>
    /// <param name="writeData">Writes the document that the script reads.</param>
    public static void Write(Stream stream, string name, string title, Action<Utf8JsonWriter> writeData)
    {
        // One pass over the template: a text that looks like a placeholder stays a text.
        var template = Resource($"{name}.html");
        var start = 0;
        using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (Match placeholder in Placeholder().Matches(template))
        {
            writer.Write(template.AsSpan(start, placeholder.Index - start));
            start = placeholder.Index + placeholder.Length;
            switch (placeholder.Groups[1].Value)
            {
                case "title":
                    writer.Write(WebUtility.HtmlEncode(title));
                    break;
                case "data":
                    writer.Flush();
                    using (var json = new Utf8JsonWriter(stream, s_json))
                    {
                        writeData(json);
                    }

                    break;
                case "style":
                    writer.Write(Resource($"{name}.css"));
                    break;
                default:
                    writer.Write(Resource($"{name}.js"));
                    break;
            }
        }

        writer.Write(template.AsSpan(start));
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().TrimEnd();
    }

    [GeneratedRegex(@"\{\{(title|style|data|script)\}\}")]
    private static partial Regex Placeholder();
}
