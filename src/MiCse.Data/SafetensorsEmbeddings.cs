using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MiCse.Data;

/// <summary>
/// One tensor in a safetensors file: the length of the header (8 bytes, little-endian), the header as JSON padded with blanks, the values.
/// </summary>
internal static class SafetensorsEmbeddings
{
    /// <summary>Room for any number of rows; the values begin at a multiple of 8, as the format asks for.</summary>
    private const int HeaderLength = 160;

    public static IEmbeddingFormat Create(Stream stream, int dimensions) => new BlockEmbeddings(stream, dimensions, HeaderLength, WriteHeader);

    private static void WriteHeader(Span<byte> header, long count, int dimensions)
    {
        BinaryPrimitives.WriteInt64LittleEndian(header, HeaderLength - sizeof(long));
        var bytes = count * dimensions * sizeof(float);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture,
                $$$"""{"embeddings":{"dtype":"F32","shape":[{{{count}}},{{{dimensions}}}],"data_offsets":[0,{{{bytes}}}]}}"""),
            header[sizeof(long)..]);
    }
}
