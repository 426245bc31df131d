using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Server.Responses;

namespace MiCse.Serving.Load;

/// <summary>A route of requests of many texts.</summary>
internal sealed class BulkRoute
{
    private static readonly byte[] s_beforeVector = "\"embedding\":\""u8.ToArray();

    private readonly string _input;
    private readonly VectorFormat _format;

    private BulkRoute(string path, string input, VectorFormat format) => (Path, _input, _format) = (path, input, format);

    /// <summary>text-embeddings-inference's: numbers.</summary>
    public static BulkRoute Numbers { get; } = new("/embed", "inputs", VectorFormat.Float);

    /// <summary>OpenAI's with what its clients ask for: base64.</summary>
    public static BulkRoute Base64 { get; } = new("/v1/embeddings", "input", VectorFormat.Base64);

    public string Path { get; }

    /// <summary>The body of a request.</summary>
    public byte[] Body(IEnumerable<string> texts)
    {
        var body = new JsonObject { [_input] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) };
        if (_format == VectorFormat.Base64)
        {
            body["encoding_format"] = _format.Name();
        }

        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    /// <summary>The hash of an answer's vectors as they are written.</summary>
    public UInt128 Hash(ReadOnlySpan<byte> answer)
    {
        if (_format == VectorFormat.Float)
        {
            return XxHash128.HashToUInt128(answer);
        }

        var hash = new XxHash128();
        for (int at; (at = answer.IndexOf(s_beforeVector)) >= 0;)
        {
            answer = answer[(at + s_beforeVector.Length)..];
            hash.Append(answer[..answer.IndexOf((byte)'"')]);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The hash of an answer with the right vectors.</summary>
    public UInt128 Expected(Texts texts, int from, int count)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            for (var row = from; row < from + count; row++)
            {
                if (_format == VectorFormat.Float)
                {
                    VectorWriter.Write(json, texts.Expected[row], _format);
                    continue;
                }

                json.WriteStartObject();
                json.WritePropertyName("embedding");
                VectorWriter.Write(json, texts.Expected[row], _format);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Hash(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
