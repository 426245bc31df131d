using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace MiCse.Files;

/// <summary>
/// A read-only memory map of a whole file of any size, handed out as <see cref="ReadOnlyMemory{T}"/> regions that native code can pin.
/// A pinned region keeps the map alive even when the file is disposed meanwhile.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    private MappedFile(string path, long length, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
    {
        Path = path;
        Length = length;
        _map = map;
        _view = view;
    }

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="ModelFormatException">There is no such file, or it cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        LfsPointer.Refuse(path);
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            return length == 0 ? new MappedFile(path, 0, null, null) : Map(path, length, handle);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, "there is no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, $"cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>A region of the file; the caller has checked that it lies inside.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return length == 0 ? ReadOnlyMemory<byte>.Empty : new Region(_view!, offset, length).Memory;
    }

    /// <summary>The file from <paramref name="offset"/> on as a stream.</summary>
    public Stream OpenStream(long offset, long length) =>
        length == 0 ? Stream.Null : _map!.CreateViewStream(offset, length, MemoryMappedFileAccess.Read);

    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }

    private static MappedFile Map(string path, long length, SafeFileHandle handle)
    {
        var map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            return new MappedFile(path, length, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    private sealed class Region(MemoryMappedViewAccessor view, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            // The reference is released at once: a span is valid until the checkpoint is disposed, as Tensor says.
            var start = Acquire();
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            return new Span<byte>(start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
            return new MemoryHandle(Acquire() + elementIndex, pinnable: this);
        }

        public override void Unpin() => view.SafeMemoryMappedViewHandle.ReleasePointer();

        protected override void Dispose(bool disposing)
        {
        }

        private byte* Acquire()
        {
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return start + view.PointerOffset + offset;
        }
    }
}
