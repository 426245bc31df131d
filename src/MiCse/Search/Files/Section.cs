using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using MiCse.Files;

namespace MiCse.Search.Files;

/// <summary>
/// A memory-mapped section of a segment. Its table of hashes is checked when it is opened; a block of data when it is first read, so that
/// opening a gigabyte takes no longer than opening a kilobyte. Thread-safe; nothing may be read after <see cref="Dispose"/>.
/// </summary>
internal sealed unsafe class Section : IDisposable
{
    /// <summary>Bytes that share a hash.</summary>
    public const int BlockBytes = 1 << 20;

    private readonly string _path;
    private readonly long _length;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly bool[] _checked;

    private Section(string path, SectionEntry entry, FileStream file)
    {
        _path = path;
        _length = entry.Bytes;
        _checked = new bool[(entry.Bytes + BlockBytes - 1) / BlockBytes];
        if (_length == 0)
        {
            return;
        }

        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        if (XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_start + TableOffset(_length), _checked.Length * sizeof(ulong))) != entry.Checksum)
        {
            Dispose();
            throw Broken("its checksums are not those that the index wrote");
        }
    }

    /// <summary>Length of the data.</summary>
    public long Length => _length;

    /// <summary>Where the hashes begin.</summary>
    public static long TableOffset(long bytes) => (bytes + 7) / 8 * 8;

    /// <exception cref="DataFormatException">The file is not the one that was written.</exception>
    /// <exception cref="FileNotFoundException">There is none, as after another process compacted the index.</exception>
    public static Section Open(string path, SectionEntry entry)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var expected = TableOffset(entry.Bytes) + (entry.Bytes + BlockBytes - 1) / BlockBytes * sizeof(ulong);
        return file.Length == expected
            ? new Section(path, entry, file)
            : throw Broken(path, FormattableString.Invariant($"it has {file.Length} bytes instead of {expected}"));
    }

    /// <summary>The data, checked.</summary>
    public ReadOnlySpan<byte> Read(long offset, int count) => new(Pointer(offset, count), count);

    /// <summary>Where the data lie, checked.</summary>
    /// <exception cref="DataFormatException">They are not the ones that were written, or lie outside.</exception>
    public byte* Pointer(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > _length - count)
        {
            throw Broken(FormattableString.Invariant($"{count} bytes at {offset} lie outside of its {_length}"));
        }

        for (var block = offset / BlockBytes; block * BlockBytes < offset + count; block++)
        {
            if (!_checked[block])
            {
                Check(block);
            }
        }

        return _start + offset;
    }

    public void Dispose()
    {
        if (_start is not null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view?.Dispose();
        _map?.Dispose();
    }

    private void Check(long block)
    {
        var start = block * BlockBytes;
        var hash = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(_start + start, (int)Math.Min(BlockBytes, _length - start)));
        if (hash != ((ulong*)(_start + TableOffset(_length)))[block])
        {
            throw Broken(FormattableString.Invariant($"the bytes from {start} on are not those that the index wrote"));
        }

        _checked[block] = true;
    }

    private DataFormatException Broken(string what) => Broken(_path, what);

    private static DataFormatException Broken(string path, string what) =>
        new(path, null, $"is damaged: {what}; build the index again, or restore it from a copy.");
}
