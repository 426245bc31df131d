using MiCse.Files;
using ZstdSharp;

namespace MiCse.Data;

/// <summary>Decompresses Zstandard (RFC 8878), one frame or several, and refuses in a sentence what is damaged, cut short or followed by something else.</summary>
internal sealed class CompleteZstdStream(Stream compressed, string name) : ForwardStream
{
    private readonly DecompressionStream _zstd = new(compressed, checkEndOfStream: true, leaveOpen: false);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _zstd.Read(buffer);
        }
        catch (EndOfStreamException failure)
        {
            throw new DataFormatException(name, null, "is not a whole zstd file: it is cut short.", failure);
        }
        catch (Exception failure) when (failure is not (IOException or DataFormatException))
        {
            throw new DataFormatException(
                name, null, $"is not a whole zstd file: it is damaged, or something else follows its end ({failure.Message}).", failure);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _zstd.Dispose();
        }

        base.Dispose(disposing);
    }
}
