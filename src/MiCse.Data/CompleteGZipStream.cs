using System.IO.Compression;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Decompresses gzip and refuses a file that is cut short, which <see cref="GZipStream"/> reads as if it ended there. To tell, a
/// member with a known content is appended to the compressed bytes: it comes out at the end only if everything before it was whole. Zeros that
/// pad a file, to the size of a tape's blocks for one, may follow the last member; they end the decompression before the appended one is asked for.
/// </summary>
internal sealed class CompleteGZipStream : ForwardStream
{
    private const int MarkerLength = 32;
    private static readonly byte[] Marker = [.. Enumerable.Range(0, MarkerLength).Select(i => (byte)(0xA5 ^ (i * 37)))];
    private static readonly byte[] MarkerMember = Compress(Marker);

    private readonly PaddedSource _source;
    private readonly GZipStream _gzip;
    private readonly string _name;
    private readonly byte[] _held = new byte[(1 << 16) + MarkerLength];
    private int _start;
    private int _end;
    private bool _ended;

    public CompleteGZipStream(Stream compressed, string name)
    {
        _source = new PaddedSource(compressed, MarkerMember);
        _gzip = new GZipStream(_source, CompressionMode.Decompress);
        _name = name;
    }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= MarkerLength)
        {
            Fill();
        }

        // The last bytes are the marker, or may be: they are held back.
        var count = Math.Min(buffer.Length, _end - _start - (_ended && _source.EndedInPadding ? 0 : MarkerLength));
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

        if (_ended && !_source.EndedInPadding && !_held.AsSpan(0, _end).SequenceEqual(Marker))
        {
            throw new DataFormatException(_name, null, "is not a whole gzip file: it is cut short, or something else follows its end.");
        }
    }

    /// <summary>
    /// One stream, then some bytes. Zeros at the end of the stream, which may belong to the last member or pad it, are given one at a time: so none is
    /// taken beyond the first that the decompression does not need.
    /// </summary>
    private sealed class PaddedSource(Stream first, byte[] last) : ForwardStream
    {
        private readonly byte[] _chunk = new byte[1 << 16];
        private int _start;
        private int _end;
        private long _zeros;
        private long _zerosBefore;
        private bool _firstEnded;
        private bool _zeroGiven;
        private int _position = -1;

        /// <summary>Whether a zero of the end was taken, and nothing after the stream.</summary>
        public bool EndedInPadding => _zeroGiven && _position < 0;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
            {
                return 0;
            }

            while (!_firstEnded && _zerosBefore == 0 && _start == _end)
            {
                Fill();
            }

            if (_zerosBefore > 0)
            {
                var zeros = (int)Math.Min(_zerosBefore, buffer.Length);
                buffer[..zeros].Clear();
                _zerosBefore -= zeros;
                return zeros;
            }

            if (_start < _end)
            {
                return Copy(_chunk.AsSpan(0, _end), ref _start, buffer);
            }

            if (_zeros > 0)
            {
                _zeros--;
                _zeroGiven = true;
                buffer[0] = 0;
                return 1;
            }

            _position = Math.Max(_position, 0);
            return Copy(last, ref _position, buffer);
        }

        private static int Copy(ReadOnlySpan<byte> from, ref int position, Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, from.Length - position);
            from.Slice(position, count).CopyTo(buffer);
            position += count;
            return count;
        }

        private void Fill()
        {
            var read = first.Read(_chunk);
            _firstEnded = read == 0;
            (_start, _end) = (0, _chunk.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1);
            if (_end > 0)
            {
                (_zerosBefore, _zeros) = (_zeros, 0);
            }

            _zeros += read - _end;
        }
    }
}
