using System.Buffers.Binary;

namespace MiCse.Data;

/// <summary>
/// Walks the footer of a parquet file before the library parses it. The library believes the lengths in it, and a damaged list length keeps it
/// busy for hours; here no list may be longer than the bytes that are left. The footer is a struct in Thrift's compact protocol.
/// </summary>
internal ref struct ParquetFooter
{
    /// <summary>Real footers nest nine deep.</summary>
    private const int DeepestNesting = 32;
    private const int TailLength = 8;
    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    private ParquetFooter(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Refuses a file whose footer is damaged; leaves the stream at its start.</summary>
    /// <exception cref="DataFormatException">The footer is not there or not whole.</exception>
    public static void Check(Stream stream, string name)
    {
        Span<byte> tail = stackalloc byte[TailLength];
        if (stream.Length < Magic.Length + TailLength)
        {
            throw Damaged(name);
        }

        stream.Position = stream.Length - TailLength;
        stream.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual(Magic) || length > stream.Length - TailLength - Magic.Length)
        {
            throw Damaged(name);
        }

        stream.Position = stream.Length - TailLength - length;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        stream.Position = 0;
        var footer = new ParquetFooter(bytes);
        if (!footer.SkipStruct(DeepestNesting) || footer._position != bytes.Length)
        {
            throw Damaged(name);
        }
    }

    private static DataFormatException Damaged(string name) => new(name, null, "is not a whole parquet file: its footer is damaged or missing.");

    private bool SkipStruct(int depth)
    {
        while (TryByte(out var header))
        {
            if (header == 0)
            {
                return true;
            }

            // The upper half counts on from the field before; 0 means that the field's number follows.
            if (header >> 4 == 0 && !TryVariableLength(out _))
            {
                return false;
            }

            // A boolean field is its type: 1 true, 2 false.
            var type = header & 15;
            if (type is not (1 or 2) && !Skip(type, depth))
            {
                return false;
            }
        }

        return false;
    }

    private bool Skip(int type, int depth) => depth > 0 && type switch
    {
        1 or 2 or 3 => TryAdvance(1),
        4 or 5 or 6 => TryVariableLength(out _),
        7 => TryAdvance(8),
        8 => TryVariableLength(out var length) && TryAdvance(length),
        9 or 10 => SkipList(depth - 1),
        11 => SkipMap(depth - 1),
        12 => SkipStruct(depth - 1),
        _ => false,
    };

    private bool SkipList(int depth)
    {
        if (!TryByte(out var header))
        {
            return false;
        }

        var count = (ulong)(header >> 4);
        return (count < 15 || TryVariableLength(out count)) && SkipMany(count, header & 15, depth);
    }

    private bool SkipMap(int depth)
    {
        if (!TryVariableLength(out var count))
        {
            return false;
        }

        byte types = 0;
        if (count > 0 && !TryByte(out types))
        {
            return false;
        }

        for (var i = 0UL; i < count; i++)
        {
            if (!Skip(types >> 4, depth) || !Skip(types & 15, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool SkipMany(ulong count, int type, int depth)
    {
        // Every element takes at least a byte, so that a count beyond what is left stops soon.
        for (var i = 0UL; i < count; i++)
        {
            if (!Skip(type, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdvance(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _position))
        {
            return false;
        }

        _position += (int)count;
        return true;
    }

    private bool TryByte(out byte value)
    {
        value = _position < _bytes.Length ? _bytes[_position] : (byte)0;
        return TryAdvance(1);
    }

    private bool TryVariableLength(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!TryByte(out var part))
            {
                return false;
            }

            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return true;
            }
        }

        return false;
    }
}
