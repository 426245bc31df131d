using System.Runtime.InteropServices;
using MiCse.Inference;

namespace MiCse.Data;

/// <summary>
/// Formats that are a header of fixed length and then all values, row after row: the header, which says how many rows there are, is
/// padded with blanks and written again at the end.
/// </summary>
internal sealed class BlockEmbeddings : IEmbeddingFormat
{
    private readonly Stream _stream;
    private readonly int _dimensions;
    private readonly byte[] _header;
    private readonly WriteHeader _writeHeader;

    /// <param name="stream">Seekable, at its start.</param>
    /// <param name="dimensions">Length of a row.</param>
    /// <param name="headerLength">With room for any number of rows.</param>
    /// <param name="writeHeader">Fills a header of blanks.</param>
    public BlockEmbeddings(Stream stream, int dimensions, int headerLength, WriteHeader writeHeader)
    {
        (_stream, _dimensions, _header, _writeHeader) = (stream, dimensions, new byte[headerLength], writeHeader);
        Finish(count: 0);
    }

    /// <summary>Fills a header of blanks for rows of a length.</summary>
    public delegate void WriteHeader(Span<byte> header, long count, int dimensions);

    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded) =>
        _stream.Write(MemoryMarshal.AsBytes(encoded.Embeddings.Values));

    public void Finish(long count)
    {
        _header.AsSpan().Fill((byte)' ');
        _writeHeader(_header, count, _dimensions);
        _stream.Position = 0;
        _stream.Write(_header);
    }

    public void Dispose()
    {
    }
}
