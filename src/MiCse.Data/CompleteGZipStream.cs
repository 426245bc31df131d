using System.IO.Compression;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Decompresses gzip and refuses a file that is cut short, which <see cref="GZipStream"/> reads as if it ended there. To tell, a
/// member with a known content is appended to the compressed bytes: it comes out at the end only if everything before it was whole.
/// </summary>
internal sealed class CompleteGZipStream : ForwardStream
{
    private const int MarkerLength = 32;
    private static readonly byte[] Marker = [.. Enumerable.Range(0, MarkerLength).Select(i => (byte)(0xA5 ^ (i * 37)))];
    private static readonly byte[] MarkerMember = Compress(Marker);

    private readonly GZipStream _gzip;
    private readonly string _name;
    private readonly byte[] _held = new byte[(1 << 16) + MarkerLength];
    private int _start;
    private int _end;
    private bool _ended;

    public CompleteGZipStream(Stream compressed, string name)
    {
        _gzip = new GZipStream(new Appended(compressed, MarkerMember), CompressionMode.Decompress);
        _name = name;
    }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= MarkerLength)
        {
            Fill();
        }

        // The last bytes are the marker, or may be: they are held back.
        var count = Math.Min(buffer.Length, _end - _start - MarkerLength);
        _held.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private void Fill()
    {
        _held.AsSpan(_start, _end - _start).CopyTo(_held);
        (_start, _end) = (0, _end - _start);
        try
        {
            var read = _gzip.Read(_held, _end, _held.Length - _end);
            _end += read;
            _ended = read == 0;
        }
        catch (InvalidDataException failure)
        {
            throw new DataFormatException(_name, null, "is not a whole gzip file: it is damaged or cut short.", failure);
        }

        if (_ended && !_held.AsSpan(0, _end).SequenceEqual(Marker))
        {
            throw new DataFormatException(_name, null, "is not a whole gzip file: it is cut short, or something else follows its end.");
        }
    }

    /// <summary>One stream, then some bytes.</summary>
    private sealed class Appended(Stream first, byte[] last) : ForwardStream
    {
        private int _position = -1;

        public override int Read(Span<byte> buffer)
        {
            if (_position < 0)
            {
                var read = first.Read(buffer);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }

                _position = 0;
            }

            var count = Math.Min(buffer.Length, last.Length - _position);
            last.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
