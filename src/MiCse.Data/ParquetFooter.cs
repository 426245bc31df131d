using System.Buffers.Binary;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Checks the footer of a parquet file before the library parses it. The library reads every field as the type it expects and believes
/// every length, so that one damaged byte can keep it busy for hours. The footer is a struct in Thrift's compact protocol; here it must have
/// the types of parquet.thrift, and no list may be longer than the bytes that are left.
/// </summary>
internal ref struct ParquetFooter
{
    /// <summary>Real footers nest nine deep.</summary>
    private const int DeepestNesting = 32;
    private const int TailLength = 8;

    /// <summary>The types of the fields 1, 2, 3, … of the structs of parquet.thrift; others are walked without knowing their types.</summary>
    private static readonly Dictionary<string, string[]> Structs = new()
    {
        ["FileMetaData"] =
        [
            "i32", "list<SchemaElement>", "i64", "list<RowGroup>", "list<KeyValue>", "binary", "list<ColumnOrder>", "EncryptionAlgorithm", "binary",
        ],
        ["SchemaElement"] = ["i32", "i32", "i32", "binary", "i32", "i32", "i32", "i32", "i32", "LogicalType"],
        ["RowGroup"] = ["list<ColumnChunk>", "i64", "i64", "list<SortingColumn>", "i64", "i64", "i16"],
        ["ColumnChunk"] = ["binary", "i64", "ColumnMetaData", "i64", "i32", "i64", "i32", "ColumnCryptoMetaData", "binary"],
        ["ColumnMetaData"] =
        [
            "i32", "list<i32>", "list<binary>", "i32", "i64", "i64", "i64", "list<KeyValue>", "i64", "i64", "i64", "Statistics",
            "list<PageEncodingStats>", "i64", "i32", "SizeStatistics", "GeospatialStatistics",
        ],
        ["KeyValue"] = ["binary", "binary"],
        ["SortingColumn"] = ["i32", "bool", "bool"],
        ["Statistics"] = ["binary", "binary", "i64", "i64", "binary", "binary", "bool", "bool"],
        ["PageEncodingStats"] = ["i32", "i32", "i32"],
    };

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
        if (!tail[4..].SequenceEqual(Magic) || length > stream.Length - TailLength - Magic.Length || length > Array.MaxLength)
        {
            throw Damaged(name);
        }

        stream.Position = stream.Length - TailLength - length;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        stream.Position = 0;
        var footer = new ParquetFooter(bytes);
        if (!footer.SkipStruct("FileMetaData", DeepestNesting) || footer._position != bytes.Length)
        {
            throw Damaged(name);
        }
    }

    /// <summary>Reads the header of a page: its own length, and that of the content before and after compression; null when it is none.</summary>
    public static (int Length, int Uncompressed, int Compressed)? PageHeader(ReadOnlySpan<byte> bytes)
    {
        // type, uncompressed_page_size and compressed_page_size are required, so the first three fields follow each other.
        var header = new ParquetFooter(bytes);
        Span<long> sizes = stackalloc long[3];
        foreach (ref var size in sizes)
        {
            if (!header.TryByte(out var field) || field != 0x15 || !header.TryVariableLength(out var zigzag))
            {
                return null;
            }

            size = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        }

        return header.SkipStruct(null, DeepestNesting) && sizes[1] is >= 0 and <= int.MaxValue && sizes[2] is >= 0 and <= int.MaxValue
            ? (header._position, (int)sizes[1], (int)sizes[2])
            : null;
    }

    private static DataFormatException Damaged(string name) =>
        new(name, null, "is not a whole parquet file: its footer is damaged or missing.");

    private bool SkipStruct(string? structName, int depth)
    {
        var known = structName is null ? null : Structs.GetValueOrDefault(structName);
        var field = 0L;
        while (TryByte(out var header))
        {
            if (header == 0)
            {
                return true;
            }

            // The upper half counts on from the field before; 0 means that the field's number follows, zigzag.
            if (header >> 4 != 0)
            {
                field += header >> 4;
            }
            else if (TryVariableLength(out var zigzag))
            {
                field = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            }
            else
            {
                return false;
            }

            var type = header & 15;
            var expected = known is not null && field >= 1 && field <= known.Length ? known[field - 1] : null;
            // A boolean field is its type: 1 true, 2 false.
            if (!Fits(type, expected) || (type is not (1 or 2) && !Skip(type, expected, depth)))
            {
                return false;
            }
        }

        return false;
    }

    private static bool Fits(int type, string? expected) => expected switch
    {
        null => true,
        "bool" => type is 1 or 2,
        "i16" => type == 4,
        "i32" => type == 5,
        "i64" => type == 6,
        "binary" => type == 8,
        _ => type == (expected.StartsWith("list<", StringComparison.Ordinal) ? 9 : 12),
    };

    private bool Skip(int type, string? expected, int depth) => depth > 0 && type switch
    {
        1 or 2 or 3 => TryAdvance(1),
        4 or 5 or 6 => TryVariableLength(out _),
        7 => TryAdvance(8),
        8 => TryVariableLength(out var length) && TryAdvance(length),
        9 or 10 => SkipList(expected?["list<".Length..^1], depth - 1),
        11 => SkipMap(depth - 1),
        12 => SkipStruct(expected, depth - 1),
        _ => false,
    };

    // Every element takes at least a byte, so that a count beyond what is left stops soon.
    private bool SkipList(string? expected, int depth)
    {
        if (!TryByte(out var header))
        {
            return false;
        }

        var count = (ulong)(header >> 4);
        if ((count == 15 && !TryVariableLength(out count)) || (count > 0 && !Fits(header & 15, expected)))
        {
            return false;
        }

        for (var i = 0UL; i < count; i++)
        {
            if (!Skip(header & 15, expected, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool SkipMap(int depth)
    {
        byte types = 0;
        if (!TryVariableLength(out var count) || (count > 0 && !TryByte(out types)))
        {
            return false;
        }

        for (var i = 0UL; i < count; i++)
        {
            if (!Skip(types >> 4, null, depth) || !Skip(types & 15, null, depth))
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
