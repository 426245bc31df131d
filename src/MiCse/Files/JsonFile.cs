using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MiCse.Files;

/// <summary>Reads the small JSON files of a model folder.</summary>
internal static class JsonFile
{
    /// <summary>None of these files is ever larger, except an index of shards; tokenizers have their own reader.</summary>
    private const long MaximumLength = 64 << 20;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>How JSON files are written: indented, with line feeds, the same text on every system.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n" };

    /// <exception cref="ModelFormatException">The file is missing, not JSON, or of another kind.</exception>
    public static JsonElement Read(string path, JsonValueKind kind)
    {
        using var document = Parse(path, ReadBytes(path));
        return document.RootElement.ValueKind == kind
            ? document.RootElement.Clone()
            : throw new ModelFormatException(path, $"is a JSON {document.RootElement.ValueKind}; expected is an {kind}");
    }

    /// <summary>Parses JSON in which every string is valid Unicode, so that reading a string of it never fails.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="utf8">Its content, with or without a byte order mark.</param>
    /// <exception cref="ModelFormatException">It is not JSON, or a string in it is not valid Unicode; the line is named.</exception>
    public static JsonDocument Parse(string path, ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith(ByteOrderMark))
        {
            utf8 = utf8[ByteOrderMark.Length..];
        }

        try
        {
            CheckStrings(path, utf8.Span);
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException failure)
        {
            throw new ModelFormatException(
                path, $"is not JSON: {JsonFailure.Describe(failure)}; correct the file or fetch it again", failure);
        }
    }

    private static void CheckStrings(string path, ReadOnlySpan<byte> utf8)
    {
        // Half of a character can only come from broken UTF-8 or from an escape such as \ud83d, which is hardly ever there.
        if (Utf8.IsValid(utf8) && utf8.IndexOf("\\ud"u8) < 0 && utf8.IndexOf("\\uD"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                && (reader.ValueIsEscaped || !Ascii.IsValid(reader.ValueSpan)))
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException failure)
                {
                    var line = utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
                    throw new ModelFormatException(path, $"line {line}: a string is not valid Unicode", failure);
                }
            }
        }
    }

    private static byte[] ReadBytes(string path)
    {
        LfsPointer.Refuse(path);
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaximumLength
                ? File.ReadAllBytes(path)
                : throw new ModelFormatException(path, $"has {length} bytes; a JSON file of a model folder has at most {MaximumLength}");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, "there is no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, $"cannot be read: {failure.Message}", failure);
        }
    }

    public static JsonElement ReadObject(string path) => Read(path, JsonValueKind.Object);

    /// <summary>The value of a key, or null when it is absent or null.</summary>
    public static JsonElement? Value(this JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The text of a key, or null when it is absent or not text.</summary>
    public static string? Text(this JsonElement element, string key) =>
        element.Value(key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A value that must be text.</summary>
    /// <exception cref="ModelFormatException">It is not.</exception>
    public static string TextOf(string path, string what, JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ModelFormatException(path, $"{what} is {Shorten(value)}; expected is a string");

    /// <summary>A value as the file spells it, cut to what a message can hold, on one line.</summary>
    public static string Shorten(JsonElement value) => JsonFailure.Cut(value.GetRawText());

    /// <summary>Whether a key is there and true.</summary>
    public static bool IsTrue(this JsonElement element, string key) => element.Value(key) is { ValueKind: JsonValueKind.True };
}
