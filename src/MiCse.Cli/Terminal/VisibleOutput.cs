using System.Text;

namespace MiCse.Cli.Terminal;

/// <summary>Lines of UTF-8 on their way to a terminal, each as <see cref="VisibleText"/>. In JSON the escapes mean the same text.</summary>
internal sealed class VisibleOutput(Stream inner) : Stream
{
    private readonly MemoryStream _line = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.IndexOf((byte)'\n') is var end and >= 0)
        {
            _line.Write(buffer[..end]);
            WriteLine();
            inner.WriteByte((byte)'\n');
            buffer = buffer[(end + 1)..];
        }

        _line.Write(buffer);
    }

    // What is after the last end of a line may be half a character; it waits for the rest of its line, or for the end.
    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        WriteLine();
        inner.Flush();
        base.Dispose(disposing);
    }

    private void WriteLine()
    {
        inner.Write(Encoding.UTF8.GetBytes(VisibleText.Of(Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length))));
        _line.SetLength(0);
    }
}
