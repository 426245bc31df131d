using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace MiCse.Search.Files;

/// <summary>Writes a section: data of one kind, then a hash of each of its blocks.</summary>
internal sealed class SectionWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
    private readonly XxHash3 _block = new();
    private readonly List<ulong> _hashes = [];

    /// <summary>Length of the data so far.</summary>
    public long Bytes { get; private set; }

    public void Write(ReadOnlySpan<byte> data)
    {
        _file.Write(data);
        while (data.Length > 0)
        {
            var part = (int)Math.Min(data.Length, Section.BlockBytes - Bytes % Section.BlockBytes);
            _block.Append(data[..part]);
            Bytes += part;
            data = data[part..];
            if (Bytes % Section.BlockBytes == 0)
            {
                EndBlock();
            }
        }
    }

    /// <summary>Writes the hashes and flushes the file to the disk.</summary>
    public SectionEntry Complete()
    {
        if (Bytes % Section.BlockBytes != 0)
        {
            EndBlock();
        }

        var table = MemoryMarshal.AsBytes<ulong>(CollectionsMarshal.AsSpan(_hashes));
        _file.Write(new byte[Section.TableOffset(Bytes) - Bytes]);
        _file.Write(table);
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        return new SectionEntry(Bytes, XxHash3.HashToUInt64(table));
    }

    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The last buffered bytes of a file that is thrown away could not be written: nobody needs them.
        }
    }

    private void EndBlock()
    {
        _hashes.Add(_block.GetCurrentHashAsUInt64());
        _block.Reset();
    }
}

/// <summary>What the manifest knows of a section.</summary>
/// <param name="Bytes">Length of its data.</param>
/// <param name="Checksum">Hash of the hashes of its blocks.</param>
internal sealed record SectionEntry(long Bytes, ulong Checksum);
