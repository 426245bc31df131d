using System.Buffers.Binary;
using MiCse.Files;
using Parquet.Meta;
using Parquet.Schema;

namespace MiCse.Data;

/// <summary>
/// Refuses what the library would read wrongly without a word: pages in the codec LZ4 with the frames that Hadoop puts around each block
/// (its length as it was and as it is, big-endian), which the format's later LZ4_RAW leaves out.
/// </summary>
internal static class ParquetPage
{
    private const int LongestHeader = 1 << 16;
    private const int FrameLength = 8;

    /// <exception cref="DataFormatException">The column is compressed so.</exception>
    public static void Check(Stream stream, RowGroup group, DataField field, string name)
    {
        if (group.Columns.Find(column => column.MetaData?.PathInSchema is [var path] && path == field.Name)?.MetaData is not { Codec: CompressionCodec.LZ4 } column)
        {
            return;
        }

        stream.Position = Math.Clamp(column.DictionaryPageOffset is > 0 and var dictionary ? dictionary : column.DataPageOffset, 0, stream.Length);
        var bytes = new byte[LongestHeader];
        bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        if (ParquetFooter.PageHeader(bytes) is { } header && IsFrame(bytes.AsSpan(header.Length), header.Uncompressed, header.Compressed))
        {
            throw new DataFormatException(name, null,
                $"column '{field.Name}' is compressed with LZ4 in the framing of Hadoop, which is not read; write it with ZSTD, SNAPPY, GZIP or LZ4_RAW.");
        }
    }

    private static bool IsFrame(ReadOnlySpan<byte> page, int uncompressed, int compressed) => page.Length >= FrameLength && compressed > FrameLength
        && BinaryPrimitives.ReadInt32BigEndian(page) is > 0 and var length && length <= uncompressed
        && BinaryPrimitives.ReadInt32BigEndian(page[4..]) is > 0 and var stored && stored <= compressed - FrameLength
        && (length == uncompressed) == (stored == compressed - FrameLength);
}
