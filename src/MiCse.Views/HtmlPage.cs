using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MiCse.Views;

/// <summary>
/// A page in one file that loads nothing else: the body NAME.html, its style NAME.css after the colours of <see cref="PageColours"/>, its scripts, and the data
/// that they show. Without data the page waits until somebody calls its function <c>show</c>.
/// </summary>
internal static class HtmlPage
{
    // Letters of all languages as they are, but no < or & that could end the script element.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the page.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">The name of body, style and script, "map".</param>
    /// <param name="title">What the window is called.</param>
    /// <param name="writeData">Writes the document that the scripts show; null for none.</param>
    /// <param name="helpers">Scripts that NAME.js needs, without their ending.</param>
    public static void Write(Stream stream, string name, string title, Action<Utf8JsonWriter>? writeData, params ReadOnlySpan<string> helpers)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{WebUtility.HtmlEncode(title)}}</title>
            <link rel="icon" href="data:,">
            <style>
            :root { color-scheme: light; {{PageColours.Light.Css}} }
            :root[data-theme="dark"] { color-scheme: dark; {{PageColours.Dark.Css}} }
            """);
        writer.WriteLine(Resource($"{name}.css"));
        writer.WriteLine("</style>\n</head>\n<body>");
        writer.WriteLine(Resource($"{name}.html"));
        if (writeData is not null)
        {
            writer.Write("<script id=\"data\" type=\"application/json\">");
            writer.Flush();
            using (var json = new Utf8JsonWriter(stream, s_json))
            {
                writeData(json);
            }

            writer.WriteLine("</script>");
        }

        foreach (var script in (ReadOnlySpan<string>)[.. helpers, name])
        {
            writer.WriteLine($"<script>{Script(script)}</script>");
        }

        writer.WriteLine("</body>\n</html>");
    }

    /// <summary>What stands in the element of a script.</summary>
    public static string Script(string name) => $"\n{Resource($"{name}.js")}\n";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().TrimEnd();
    }
}
