using System.Buffers.Binary;
using System.Text;
using MiCse.Files;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>
/// The entries of a zip file with the places of their bytes, so that uncompressed ones can be used in the memory map
/// (System.IO.Compression does not tell where an entry lies). Zip64 is understood; sizes come from the central directory.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const ushort Zip64Extra = 1;

    /// <exception cref="ModelFormatException">The directory is missing or damaged.</exception>
    public static Dictionary<string, ZipEntry> Read(MappedFile file)
    {
        var (start, length) = FindDirectory(file);
        if (start < 0 || length < 0 || length > int.MaxValue || start > file.Length - length)
        {
            throw Damaged(file, "its directory lies outside the file");
        }

        var directory = file.Slice(start, (int)length).Span;
        var entries = new Dictionary<string, ZipEntry>();
        while (directory.Length > 0)
        {
            if (directory.Length < EntryLength || UInt32(directory) != EntrySignature)
            {
                throw Damaged(file, "its directory has a broken entry");
            }

            var nameLength = UInt16(directory[28..]);
            var extraLength = UInt16(directory[30..]);
            var entryLength = EntryLength + nameLength + extraLength + UInt16(directory[32..]);
            if (entryLength > directory.Length)
            {
                throw Damaged(file, "its directory has a broken entry");
            }

            var name = Encoding.UTF8.GetString(directory.Slice(EntryLength, nameLength));
            if (!entries.TryAdd(name, ReadEntry(file, name, directory, directory.Slice(EntryLength + nameLength, extraLength))))
            {
                throw Damaged(file, $"it has two entries '{JsonFailure.Cut(name)}'");
            }

            directory = directory[entryLength..];
        }

        return entries;
    }

    private static ZipEntry ReadEntry(MappedFile file, string name, ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        if ((UInt16(record[8..]) & 1) != 0)
        {
            throw Damaged(file, $"its entry '{JsonFailure.Cut(name)}' is encrypted");
        }

        var wide = Zip64Field(extra);
        var size = Widen(file, UInt32(record[24..]), ref wide);
        var compressedSize = Widen(file, UInt32(record[20..]), ref wide);
        var local = Widen(file, UInt32(record[42..]), ref wide);
        if (local > file.Length - LocalLength || UInt32(file.Slice(local, LocalLength).Span) != LocalSignature)
        {
            throw Damaged(file, $"its entry '{JsonFailure.Cut(name)}' does not begin where the directory says");
        }

        var header = file.Slice(local, LocalLength).Span;
        var start = local + LocalLength + UInt16(header[26..]) + UInt16(header[28..]);
        return start <= file.Length && compressedSize <= file.Length - start
            ? new ZipEntry(name, UInt16(record[10..]), start, compressedSize, size)
            : throw Damaged(file, $"its entry '{JsonFailure.Cut(name)}' reaches outside the file");
    }

    private static (long Start, long Length) FindDirectory(MappedFile file)
    {
        // The end record is followed by a comment of at most 65,535 bytes.
        var tailStart = Math.Max(0, file.Length - EndLength - ushort.MaxValue);
        var tail = file.Slice(tailStart, (int)(file.Length - tailStart)).Span;
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            if (UInt32(tail[at..]) == EndSignature && UInt16(tail[(at + 20)..]) == tail.Length - at - EndLength)
            {
                return FindZip64Directory(file, tailStart + at) ?? (UInt32(tail[(at + 16)..]), UInt32(tail[(at + 12)..]));
            }
        }

        throw Damaged(file, "it has no directory at its end; it is truncated, fetch it again");
    }

    private static (long Start, long Length)? FindZip64Directory(MappedFile file, long end)
    {
        const int locatorLength = 20;
        const int zip64EndLength = 56;
        if (end < locatorLength || file.Slice(end - locatorLength, locatorLength).Span is var locator && UInt32(locator) != Zip64LocatorSignature)
        {
            return null;
        }

        var at = Int64(locator[8..]);
        if (at < 0 || at > file.Length - zip64EndLength || UInt32(file.Slice(at, zip64EndLength).Span) != Zip64EndSignature)
        {
            throw Damaged(file, "its zip64 directory does not begin where its end says");
        }

        var record = file.Slice(at, zip64EndLength).Span;
        return (Int64(record[48..]), Int64(record[40..]));
    }

    /// <summary>The values of the zip64 extra field, or nothing.</summary>
    private static ReadOnlySpan<byte> Zip64Field(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = Math.Min(UInt16(extra[2..]), extra.Length - 4);
            if (UInt16(extra) == Zip64Extra)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    /// <summary>A 32-bit value, or the next 64-bit one of the extra field when all its bits are set.</summary>
    private static long Widen(MappedFile file, uint value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
        {
            return value;
        }

        if (wide.Length < 8 || Int64(wide) is var number && number < 0)
        {
            throw Damaged(file, "its directory has a broken zip64 field");
        }

        wide = wide[8..];
        return number;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static long Int64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static ModelFormatException Damaged(MappedFile file, string what) => new(file.Path, $"is not a whole zip file: {what}");
}
