namespace MiCse.Files;

/// <summary>The lines of a stream as bytes, ended by LF or CRLF, without a byte-order mark; a last line without an end counts.</summary>
internal sealed class Utf8LineReader(Stream stream, string name)
{
    /// <summary>A "line" beyond this is not text; the limit keeps a hostile file from taking all memory.</summary>
    private const int LongestLine = 1 << 28;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>1-based number of the line read last.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next line; the span is valid until the next call.</summary>
    /// <exception cref="DataFormatException">The line is longer than any text.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (!Fill())
            {
                line = searched > 0 ? Take(searched, lineEnd: 0) : default;
                return searched > 0;
            }
        }

        line = Take(searched + length, lineEnd: 1);
        return true;
    }

    /// <summary>Reads the next line as text, or null at the end.</summary>
    /// <exception cref="DataFormatException">The line is not UTF-8.</exception>
    public string? ReadText() => TryRead(out var line) ? StrictUtf8.Decode(line, name, Line) : null;

    private ReadOnlySpan<byte> Take(int length, int lineEnd)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start += length + lineEnd;
        Line++;
        if (Line == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= LongestLine)
            {
                throw new DataFormatException(name, Line + 1, $"is longer than {LongestLine} bytes, which is no text.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return !_ended;
    }
}
