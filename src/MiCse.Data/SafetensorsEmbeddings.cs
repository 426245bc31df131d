using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MiCse.Vectors;

namespace MiCse.Data;

/// <summary>
/// One tensor in a safetensors file: the length of the header (8 bytes, little-endian), the header as JSON padded with blanks, the values.
/// </summary>
internal static class SafetensorsEmbeddings
{
    /// <summary>Room for any number of rows; the values begin at a multiple of 8, as the format asks for.</summary>
    private const int HeaderLength = 160;

    public static IEmbeddingFormat Create(Stream stream, int columns, EmbeddingType type) => new BlockEmbeddings(
        stream, columns, HeaderLength, (header, count, width) => WriteHeader(header, count, width, type));

    private static void WriteHeader(Span<byte> header, long count, int columns, EmbeddingType type)
    {
        BinaryPrimitives.WriteInt64LittleEndian(header, HeaderLength - sizeof(long));
        var (name, size) = type switch
        {
            EmbeddingType.Float32 => ("F32", sizeof(float)),
            EmbeddingType.Int8 or EmbeddingType.Binary => ("I8", 1),
            _ => ("U8", 1),
        };
        var bytes = count * columns * size;
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture,
                $$$"""{"embeddings":{"dtype":"{{{name}}}","shape":[{{{count}}},{{{columns}}}],"data_offsets":[0,{{{bytes}}}]}}"""),
            header[sizeof(long)..]);
    }
}
