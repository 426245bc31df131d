using System.Text.Json;

namespace MiCse.Files;

/// <summary>Reads the small JSON files of a model folder.</summary>
internal static class JsonFile
{
    /// <summary>None of these files is ever larger, except an index of shards; tokenizers have their own reader.</summary>
    private const long MaximumLength = 64 << 20;

    /// <exception cref="ModelFormatException">The file is missing, not JSON, or of another kind.</exception>
    public static JsonElement Read(string path, JsonValueKind kind)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaximumLength)
            {
                throw new ModelFormatException(path, $"has {stream.Length} bytes; a JSON file of a model folder has at most {MaximumLength}");
            }

            using var document = JsonDocument.Parse(stream);
            return document.RootElement.ValueKind == kind
                ? document.RootElement.Clone()
                : throw new ModelFormatException(path, $"is a JSON {document.RootElement.ValueKind}; expected is an {kind}");
        }
        catch (JsonException failure)
        {
            throw new ModelFormatException(path, $"is not JSON: {JsonFailure.Describe(failure)}", failure);
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

    /// <summary>Whether a key is there and true.</summary>
    public static bool IsTrue(this JsonElement element, string key) => element.Value(key) is { ValueKind: JsonValueKind.True };
}
