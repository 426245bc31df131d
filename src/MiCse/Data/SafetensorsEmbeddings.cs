using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MiCse.Data;

/// <summary>
/// One tensor in a safetensors file: the length of the header (8 bytes, little-endian), the header as JSON padded with blanks, the values.
/// The number of rows is written over the padding at the end.
/// </summary>
internal sealed class SafetensorsEmbeddings : IEmbeddingFormat
{
    /// <summary>Room for any number of rows; the values begin at a multiple of 8, as the format asks for.</summary>
    private const int HeaderEnd = 160;

    private readonly Stream _stream;
    private readonly int _dimensions;

    public SafetensorsEmbeddings(Stream stream, int dimensions)
    {
        _stream = stream;
        _dimensions = dimensions;
        WriteHeader(count: 0);
    }

    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded) =>
        _stream.Write(MemoryMarshal.AsBytes(encoded.Embeddings.Values));

    public void Finish(long count)
    {
        _stream.Position = 0;
        WriteHeader(count);
    }

    public void Dispose()
    {
    }

    private void WriteHeader(long count)
    {
        Span<byte> header = stackalloc byte[HeaderEnd];
        header.Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, HeaderEnd - sizeof(long));
        var bytes = count * _dimensions * sizeof(float);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture,
                $$$"""{"embeddings":{"dtype":"F32","shape":[{{{count}}},{{{_dimensions}}}],"data_offsets":[0,{{{bytes}}}]}}"""),
            header[sizeof(long)..]);
        _stream.Write(header);
    }
}
