using System.IO.Compression;
using MiCse.Files;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>One entry of a zip file.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Start">Where its (compressed) bytes begin in the file.</param>
/// <param name="CompressedSize">How many there are in the file.</param>
/// <param name="Size">How many there are after decompression.</param>
internal sealed record ZipEntry(string Name, int Method, long Start, long CompressedSize, long Size)
{
    /// <summary>Deflate cannot do better, so a larger size is a lie.</summary>
    private const long MaximumRatio = 1032;

    private const int Stored = 0;
    private const int Deflated = 8;

    public bool IsDeflated => Method == Deflated;

    /// <summary>A way to regions of the content: of the memory map when stored, else of a decompressed copy made once.</summary>
    /// <exception cref="ModelFormatException">The entry is damaged or compressed in another way.</exception>
    public Func<long, int, ReadOnlyMemory<byte>> Open(MappedFile file)
    {
        switch (Method)
        {
            case Stored when CompressedSize == Size:
                return (offset, length) => file.Slice(Start + offset, length);
            case Deflated when Size <= Array.MaxLength && Size <= CompressedSize * MaximumRatio:
                var content = Inflate(file);
                return (offset, length) => content.AsMemory((int)offset, length);
            case Stored or Deflated:
                throw new ModelFormatException(
                    file.Path, $"the zip entry '{Name}' declares {Size} bytes, which its {CompressedSize} bytes in the file cannot hold");
            default:
                throw new ModelFormatException(file.Path, $"the zip entry '{Name}' is compressed by method {Method}; supported are stored and deflated");
        }
    }

    private byte[] Inflate(MappedFile file)
    {
        var content = new byte[Size];
        try
        {
            using var stream = new DeflateStream(file.OpenStream(Start, CompressedSize), CompressionMode.Decompress);
            stream.ReadExactly(content);
            return stream.ReadByte() < 0
                ? content
                : throw new ModelFormatException(file.Path, $"the zip entry '{Name}' holds more than the {Size} bytes it declares");
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException)
        {
            throw new ModelFormatException(file.Path, $"the zip entry '{Name}' is damaged: it cannot be decompressed to {Size} bytes", failure);
        }
    }
}
