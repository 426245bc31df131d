using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiCse.Cli.Views;

/// <summary>Results for programs.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document on one line, non-ASCII letters as they are.</summary>
    public static void WriteLine(TextWriter output, JsonNode document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            document.WriteTo(writer);
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>An array of nodes.</summary>
    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}
