using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiCse.Server.Requests;

/// <summary>What is to be encoded: a text, texts, ids, or lists of ids. All dialects write it so.</summary>
/// <param name="Texts">The texts; empty when there are ids.</param>
/// <param name="Ids">The ids; null when there are texts.</param>
[JsonConverter(typeof(TextInputConverter))]
internal sealed record TextInput(IReadOnlyList<string> Texts, IReadOnlyList<int[]>? Ids)
{
    public int Count => Ids?.Count ?? Texts.Count;

    /// <summary>Whether it was one text, or one list of ids, and not a list.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Characters of all texts.</summary>
    public long Characters => Texts.Sum(text => (long)text.Length);
}

/// <summary>Reads a <see cref="TextInput"/>.</summary>
internal sealed class TextInputConverter : JsonConverter<TextInput>
{
    private const string Expected = "expected is a text, a list of texts, a list of token ids, or a list of lists of token ids";

    public override TextInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new TextInput([reader.GetString()!], null) { IsSingle = true };
        }

        Require(reader.TokenType == JsonTokenType.StartArray);
        var (texts, ids, lists) = (new List<string>(), new List<int>(), new List<int[]>());
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String when ids.Count == 0 && lists.Count == 0:
                    texts.Add(reader.GetString()!);
                    break;
                case JsonTokenType.Number when texts.Count == 0 && lists.Count == 0:
                    ids.Add(Id(ref reader));
                    break;
                case JsonTokenType.StartArray when texts.Count == 0 && ids.Count == 0:
                    lists.Add(List(ref reader));
                    break;
                default:
                    throw new JsonException(Expected);
            }
        }

        return ids.Count > 0 ? new TextInput([], [[.. ids]]) { IsSingle = true }
            : lists.Count > 0 ? new TextInput([], lists)
            : new TextInput(texts, null);
    }

    public override void Write(Utf8JsonWriter writer, TextInput value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.Texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static int[] List(ref Utf8JsonReader reader)
    {
        var ids = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Require(reader.TokenType == JsonTokenType.Number);
            ids.Add(Id(ref reader));
        }

        return [.. ids];
    }

    private static int Id(ref Utf8JsonReader reader) =>
        reader.TryGetInt32(out var id) ? id : throw new JsonException("a token id is not a whole number of 32 bits");

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new JsonException(Expected);
        }
    }
}
