namespace MiCse.Files;

/// <summary>The lines of a stream as bytes, ended by LF or CRLF, without a byte-order mark; a last line without an end counts.</summary>
/// <param name="stream">The bytes.</param>
/// <param name="name">What messages call them.</param>
/// <param name="orReturns">Whether a CR alone ends lines too if it ends the first one.</param>
/// <param name="longest">
/// The most bytes of a line: a "line" beyond this is not text, and the limit keeps a hostile file from taking all memory.
/// </param>
/// <param name="cut">Whether a longer line is cut at that, between two characters, and its rest skipped, rather than refused.</param>
internal sealed class Utf8LineReader(Stream stream, string name, bool orReturns = false, int longest = Utf8LineReader.LongestLine, bool cut = false)
{
    /// <summary>The longest line unless another is given, in bytes.</summary>
    public const int LongestLine = 1 << 28;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _returns;

    /// <summary>1-based number of the line read last.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next line; the span is valid until the next call.</summary>
    /// <exception cref="DataFormatException">The line is longer than any text.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        if (Line == 0 && orReturns)
        {
            if (FirstLineEndsWithReturn() is not { } returns)
            {
                line = TakeBeginning((byte)'\r', (byte)'\n');
                return true;
            }

            _returns = returns;
        }

        if (_returns)
        {
            return TryReadToReturn(out line);
        }

        var searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (searched >= longest && cut)
            {
                line = TakeBeginning((byte)'\n', (byte)'\n');
                return true;
            }

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

    /// <summary>Null when the line is so long that only its beginning is read.</summary>
    private bool? FirstLineEndsWithReturn()
    {
        var searched = 0;
        while (true)
        {
            var buffered = _buffer.AsSpan(_start, _end - _start);
            var end = buffered[searched..].IndexOfAny((byte)'\r', (byte)'\n');
            searched += end < 0 ? buffered.Length - searched : end;
            if (end >= 0 && (buffered[searched] == '\n' || searched + 1 < buffered.Length))
            {
                return buffered[searched] == '\r' && buffered[searched + 1] != '\n';
            }

            if (buffered.Length >= longest && cut)
            {
                return null;
            }

            if (!Fill())
            {
                return false;
            }
        }
    }

    /// <summary>Lines end with CR, LF or both.</summary>
    private bool TryReadToReturn(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var buffered = _buffer.AsSpan(_start, _end - _start);
            var end = buffered[searched..].IndexOfAny((byte)'\r', (byte)'\n');
            searched += end < 0 ? buffered.Length - searched : end;
            if (end >= 0 && (buffered[searched] == '\n' || searched + 1 < buffered.Length))
            {
                line = Take(searched, buffered[searched] == '\r' && buffered[searched + 1] == '\n' ? 2 : 1);
                return true;
            }

            if (buffered.Length >= longest && cut)
            {
                line = TakeBeginning((byte)'\r', (byte)'\n');
                return true;
            }

            if (!Fill())
            {
                var rest = _end - _start;
                line = rest > 0 ? Take(rest, lineEnd: 0) : default;
                return rest > 0;
            }
        }
    }

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

    /// <summary>Takes the kept part of a line, of which all that is buffered is a part, and moves behind the line's end.</summary>
    private ReadOnlySpan<byte> TakeBeginning(byte end, byte orEnd)
    {
        var kept = _buffer.AsSpan(_start, longest);
        while (kept.Length > 0 && (kept[^1] & 0xC0) == 0x80)
        {
            kept = kept[..^1];
        }

        // The first byte of a character is kept with all the others or goes with them.
        var beginning = kept.Length > 0 && kept[^1] >= 0x80 ? kept[..^1].ToArray() : kept.ToArray();
        int found;
        while ((found = _buffer.AsSpan(_start, _end - _start).IndexOfAny(end, orEnd)) < 0)
        {
            _start = _end;
            if (!Fill())
            {
                break;
            }
        }

        _start = found < 0 ? _end : _start + found + 1;
        if (found >= 0 && _buffer[_start - 1] == (byte)'\r')
        {
            var both = (_start < _end || Fill()) && _buffer[_start] == (byte)'\n';
            _start += both ? 1 : 0;
            _returns = !both;
        }

        Line++;
        return Line == 1 && beginning.AsSpan().StartsWith("\uFEFF"u8) ? beginning.AsSpan(3) : beginning;
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
            if (_end >= longest && !cut)
            {
                throw new DataFormatException(name, Line + 1, $"is longer than {longest} bytes, which is no text.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return !_ended;
    }
}
