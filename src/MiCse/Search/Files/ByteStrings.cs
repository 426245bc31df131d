using System.Buffers.Binary;

namespace MiCse.Search.Files;

/// <summary>Many short byte strings in few large arrays: a string takes its bytes and twelve more.</summary>
internal sealed class ByteStrings
{
    private const int ChunkBytes = 1 << 16;

    private readonly List<byte[]> _chunks = [];
    private readonly List<(int Chunk, int Start)> _places = [];
    private int _used = ChunkBytes;

    /// <summary>How many there are.</summary>
    public int Count => _places.Count;

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var (chunk, start) = _places[index];
            var length = BinaryPrimitives.ReadInt32LittleEndian(_chunks[chunk].AsSpan(start));
            return _chunks[chunk].AsSpan(start + sizeof(int), length);
        }
    }

    /// <summary>Appends a string.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var size = checked(sizeof(int) + bytes.Length);
        if (_chunks.Count == 0 || size > _chunks[^1].Length - _used)
        {
            _chunks.Add(new byte[Math.Max(size, ChunkBytes)]);
            _used = 0;
        }

        var target = _chunks[^1].AsSpan(_used);
        BinaryPrimitives.WriteInt32LittleEndian(target, bytes.Length);
        bytes.CopyTo(target[sizeof(int)..]);
        _places.Add((_chunks.Count - 1, _used));
        _used += size;
    }
}
