namespace MiCse.Cli.Terminal;

/// <summary>Standard input whose reader can be cancelled: a command that waits for a keyboard ends at the first Ctrl-C.</summary>
internal sealed class InterruptibleInput(Stream input, CancellationToken cancellationToken) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // The read itself cannot be stopped; it stays behind on a thread that ends with the process.
    public override int Read(byte[] buffer, int offset, int count)
    {
        var reading = Task.Run(() => input.Read(buffer, offset, count), CancellationToken.None);
        try
        {
            return reading.WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"standard input: cannot be read: {failure.Message.TrimEnd('.')}.", failure);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
