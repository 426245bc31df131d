namespace MiCse.Cli.Terminal;

/// <summary>A standard stream that the caller has closed: using it fails with a sentence.</summary>
internal sealed class ClosedStream(string sentence) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new IOException(sentence);

    public override void Write(byte[] buffer, int offset, int count) => throw new IOException(sentence);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
