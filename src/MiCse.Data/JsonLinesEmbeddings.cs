using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Data;

internal sealed class JsonLinesEmbeddings : IEmbeddingFormat
{
    // The lines are no HTML: letters beyond ASCII and quotes stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _json;

    private readonly EmbeddingType _type;
    private readonly QuantizationRanges? _ranges;

    public JsonLinesEmbeddings(Stream stream, EmbeddingType type = EmbeddingType.Float32, QuantizationRanges? ranges = null)
    {
        (_stream, _type, _ranges) = (stream, type, ranges);
        _json = new Utf8JsonWriter(_line, Options);
    }

    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded)
    {
        for (var row = 0; row < texts.Count; row++)
        {
            _json.WriteStartObject();
            _json.WriteString("text"u8, texts[row]);
            _json.WriteStartArray("embedding"u8);
            WriteValues(encoded.Embeddings[row]);
            _json.WriteEndArray();
            _json.WriteNumber("tokens"u8, encoded.TokenCounts[row]);
            _json.WriteBoolean("truncated"u8, encoded.Truncated[row]);
            _json.WriteEndObject();
            _json.Flush();
            _line.Write("\n"u8);
            _stream.Write(_line.WrittenSpan);
            _json.Reset();
            _line.ResetWrittenCount();
        }

        _stream.Flush();
    }

    private void WriteValues(ReadOnlySpan<float> embedding)
    {
        if (_type == EmbeddingType.Float32)
        {
            foreach (var value in embedding)
            {
                _json.WriteNumberValue(value);
            }

            return;
        }

        foreach (var value in EmbeddingQuantization.Quantize(embedding, _type, _ranges))
        {
            _json.WriteNumberValue(_type is EmbeddingType.Int8 or EmbeddingType.Binary ? (sbyte)value : (int)value);
        }
    }

    public void Finish(long count) => _stream.Flush();

    public void Dispose() => _json.Dispose();
}
