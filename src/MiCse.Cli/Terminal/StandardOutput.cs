namespace MiCse.Cli.Terminal;

/// <summary>Standard output; when it cannot be written, the failure is a sentence that says so.</summary>
internal sealed class StandardOutput(Stream inner) : Stream
{
    private static readonly int[] s_diskFull = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)]; // ENOSPC, EDQUOT and their equals on Windows

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
        try
        {
            inner.Write(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && !BrokenPipe.Is(failure))
        {
            throw new IOException($"standard output: cannot be written, {Reason(failure)}.", failure);
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static string Reason(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "permission is denied",
        _ when s_diskFull.Contains(failure.HResult) => "the disk is full; free some space or write elsewhere",
        _ => failure.Message.TrimEnd('.'),
    };
}
