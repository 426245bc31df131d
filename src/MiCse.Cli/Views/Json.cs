using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Views;

/// <summary>Results for programs.</summary>
internal static class Json
{
    /// <summary>Non-ASCII letters as they are.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document on one line.</summary>
    public static void WriteLine(TextWriter output, JsonNode document) => WriteLine(output, writer => document.WriteTo(writer));

    /// <inheritdoc cref="WriteLine(TextWriter, JsonNode)"/>
    public static void WriteLine(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        // Control characters are escaped already; the escape of a bidirectional one means the same to a program, and nothing to a terminal.
        output.WriteLine(VisibleText.Of(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length))));
    }

    /// <summary>An array of nodes.</summary>
    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}
