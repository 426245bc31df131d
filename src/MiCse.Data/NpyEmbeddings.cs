using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MiCse.Data;

/// <summary>
/// NumPy's format 1.0 (numpy.lib.format): magic, version, length of the header, the header as a Python literal padded with blanks, the values.
/// </summary>
internal static class NpyEmbeddings
{
    /// <summary>A multiple of 64, as the format asks for, with room for any number of rows.</summary>
    private const int HeaderLength = 128;

    public static IEmbeddingFormat Create(Stream stream, int dimensions) => new BlockEmbeddings(stream, dimensions, HeaderLength, WriteHeader);

    private static void WriteHeader(Span<byte> header, long count, int dimensions)
    {
        ((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8, 1, 0]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], HeaderLength - 10);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {dimensions}), }}"),
            header[10..^1]);
        header[^1] = (byte)'\n';
    }
}
