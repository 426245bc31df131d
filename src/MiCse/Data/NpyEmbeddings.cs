using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MiCse.Data;

/// <summary>
/// NumPy's format 1.0 (numpy.lib.format): magic, version, length of the header, the header as a Python literal padded with blanks.
/// The number of rows is written over the padding at the end.
/// </summary>
internal sealed class NpyEmbeddings : IEmbeddingFormat
{
    /// <summary>A multiple of 64, as the format asks for, with room for any number of rows.</summary>
    private const int HeaderEnd = 128;

    private readonly Stream _stream;
    private readonly int _dimensions;

    public NpyEmbeddings(Stream stream, int dimensions)
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
        ((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8, 1, 0]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], HeaderEnd - 10);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {_dimensions}), }}"),
            header[10..^1]);
        header[^1] = (byte)'\n';
        _stream.Write(header);
    }
}
