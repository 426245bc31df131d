using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MiCse.Vectors;

namespace MiCse.Data;

/// <summary>
/// NumPy's format 1.0 (numpy.lib.format): magic, version, length of the header, the header as a Python literal padded with blanks, the values.
/// </summary>
internal static class NpyEmbeddings
{
    /// <summary>A multiple of 64, as the format asks for, with room for any number of rows.</summary>
    public const int HeaderLength = 128;

    public static IEmbeddingFormat Create(Stream stream, int columns, EmbeddingType type) => new BlockEmbeddings(
        stream, columns, HeaderLength, (header, count, width) => WriteHeader(header, count, width, Descriptor(type)));

    private static string Descriptor(EmbeddingType type) => type switch
    {
        EmbeddingType.Float32 => "<f4",
        EmbeddingType.Int8 or EmbeddingType.Binary => "|i1",
        _ => "|u1",
    };

    private static void WriteHeader(Span<byte> header, long count, int columns, string descriptor)
    {
        ((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8, 1, 0]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], HeaderLength - 10);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({count}, {columns}), }}"),
            header[10..^1]);
        header[^1] = (byte)'\n';
    }
}
