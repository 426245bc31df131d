using System.Runtime.InteropServices;

namespace MiCse.Numerics;

/// <summary>Memory outside the garbage collector's heap that begins at a cache line, for values that vector instructions read.</summary>
internal sealed unsafe class AlignedMemory<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLine = 64;

    private long _length;

    /// <param name="length">Elements; they are zero.</param>
    public AlignedMemory(long length = 0) => Reserve(length);

    ~AlignedMemory() => Free();

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Makes sure of room for that many elements. If there was less, all are zero afterwards.</summary>
    public void Reserve(long length)
    {
        if (length <= _length)
        {
            return;
        }

        Free();
        var bytes = checked((nuint)length * (nuint)sizeof(T));
        Pointer = (T*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(Pointer, bytes);
        _length = length;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        _length = 0;
    }
}
