using System.Runtime.InteropServices;

namespace MiCse.Numerics;

/// <summary>Memory outside the garbage collector's heap that begins at a cache line, for values that vector instructions read.</summary>
internal sealed unsafe class AlignedMemory<T> : IDisposable
    where T : unmanaged
{
    private const nuint CacheLine = 64;
    private const nuint Page = 4096;

    // From here on pages are worth asking for at once.
    private const int Large = 1 << 18;

    private long _length;

    /// <param name="length">Elements; they are zero.</param>
    public AlignedMemory(long length = 0) => Reserve(length);

    ~AlignedMemory() => Free();

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Memory whose elements are all written before they are read.</summary>
    public static AlignedMemory<T> Uninitialized(long length)
    {
        var memory = new AlignedMemory<T>();
        memory.Allocate(length);
        return memory;
    }

    /// <summary>Makes sure of room for that many elements. If there was less, all are zero afterwards.</summary>
    public void Reserve(long length)
    {
        if (length <= _length)
        {
            return;
        }

        var bytes = Allocate(length);
        NativeMemory.Clear(Pointer, bytes);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private nuint Allocate(long length)
    {
        Free();
        var bytes = checked((nuint)length * (nuint)sizeof(T));
        Pointer = (T*)NativeMemory.AlignedAlloc(bytes, bytes < Large ? CacheLine : bytes < PageFaults.HugePage ? Page : PageFaults.HugePage);
        if (bytes >= Large)
        {
            PageFaults.Avoid(Pointer, bytes);
        }

        _length = length;
        return bytes;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        _length = 0;
    }
}
