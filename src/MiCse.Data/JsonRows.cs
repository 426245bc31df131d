using System.Text.Json;
using System.Text.Unicode;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Rows of a JSON-lines file. The first object says which columns there are; null is an empty text. Without a choice the strings are the columns;
/// a chosen column may hold numbers and booleans too, which become texts as they are written.
/// </summary>
internal static class JsonRows
{
    /// <summary>In bytes; a parsed object takes several times its length. As long as a row of a csv file may be.</summary>
    private const int LongestObject = 1 << 26;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static IEnumerable<TextRow> Read(Stream stream, string name, ColumnChoice columns)
    {
        var reader = new Utf8LineReader(stream, name, orReturns: true, LongestObject);
        string[]? chosen = null;
        while (NextObject(reader, name) is { } document)
        {
            using (document)
            {
                chosen ??= Choose(document.RootElement, reader.Line, name, columns);
                var values = new string[chosen.Length];
                for (var i = 0; i < chosen.Length; i++)
                {
                    values[i] = Value(document.RootElement, chosen[i], columns.IsGiven, reader.Line, name);
                }

                yield return new TextRow(reader.Line, values);
            }
        }
    }

    /// <summary>The columns that the first object shows, and whether the first rows have texts in them.</summary>
    public static IReadOnlyList<ColumnSample> Sample(Stream stream, string name, int rows)
    {
        var reader = new Utf8LineReader(stream, name, orReturns: true, LongestObject);
        ColumnSample[]? samples = null;
        for (var row = 0; row < rows && NextObject(reader, name) is { } document; row++)
        {
            using (document)
            {
                samples ??= [.. document.RootElement.EnumerateObject().Select(property => new ColumnSample(PropertyName(property, reader.Line, name)))];
                foreach (var sample in samples)
                {
                    Look(sample, document.RootElement, reader.Line, name);
                }
            }
        }

        return samples ?? [];
    }

    private static void Look(ColumnSample sample, JsonElement row, long line, string name)
    {
        if (!row.TryGetProperty(sample.Name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            sample.Add(Unescape(value, sample.Name, line, name));
        }
        else
        {
            sample.AddOther();
        }
    }

    private static JsonDocument? NextObject(Utf8LineReader reader, string name)
    {
        while (reader.TryRead(out var line))
        {
            if (line.TrimStart(" \t"u8).IsEmpty)
            {
                continue;
            }

            if (!Utf8.IsValid(line))
            {
                StrictUtf8.Decode(line, name, reader.Line);
            }

            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(line.ToArray(), Strict);
            }
            catch (JsonException failure)
            {
                throw new DataFormatException(name, reader.Line, $"is not one JSON object: {JsonFailure.Describe(failure)}.", failure);
            }
            catch (InvalidOperationException failure)
            {
                // Names are compared with each other, and one cannot be decoded.
                throw HalfCharacter(name, reader.Line, "a name", failure);
            }

            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            var kind = document.RootElement.ValueKind;
            document.Dispose();
            throw new DataFormatException(name, reader.Line, $"expected a JSON object, found {Describe(kind)}.");
        }

        return null;
    }

    private static string[] Choose(JsonElement first, long line, string name, ColumnChoice columns)
    {
        JsonProperty[] properties = [.. first.EnumerateObject()];
        var texts = columns.IsGiven ? [] : properties.Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null).ToArray();
        string[] available = [.. (texts.Length > 0 ? texts : properties).Select(property => PropertyName(property, line, name))];
        return [.. columns.Resolve(name, line, available).Select(position => available[position])];
    }

    private static string Value(JsonElement row, string column, bool anyKind, long line, string name)
    {
        if (!TryGetValue(row, column, line, name, out var value))
        {
            var there = string.Join(", ", row.EnumerateObject().Take(20).Select(property => $"'{PropertyName(property, line, name)}'"));
            throw new DataFormatException(name, line, $"has no '{column}'; it has {(there.Length > 0 ? there : "nothing")}.");
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Unescape(value, column, line, name),
            JsonValueKind.Null => "",
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False when anyKind => value.GetRawText(),
            var kind => throw new DataFormatException(name, line, $"'{column}' is {Describe(kind)}; expected a string{(anyKind ? ", a number, true or false" : "")}."),
        };
    }

    private static bool TryGetValue(JsonElement row, string column, long line, string name, out JsonElement value)
    {
        try
        {
            return row.TryGetProperty(column, out value);
        }
        catch (InvalidOperationException failure)
        {
            throw HalfCharacter(name, line, "a name", failure);
        }
    }

    private static string Unescape(JsonElement value, string column, long line, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            throw HalfCharacter(name, line, column, failure);
        }
    }

    private static string PropertyName(JsonProperty property, long line, string name)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException failure)
        {
            throw HalfCharacter(name, line, "a name", failure);
        }
    }

    private static DataFormatException HalfCharacter(string name, long line, string where, Exception failure) =>
        new(name, line, $"{where} holds half of a surrogate pair (a \\uD800–\\uDFFF escape on its own), which is no text.", failure);

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
