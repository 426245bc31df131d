using System.Buffers.Binary;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>
/// Reads the safetensors format (8 bytes header length, JSON header, data) through a memory map, without copying. Everything the
/// format forbids is refused: tensors that overlap, leave holes, reach outside the file or disagree with their size.
/// </summary>
internal static class SafetensorsReader
{
    /// <summary>The format's own limit on the header.</summary>
    public const long MaximumHeaderLength = 100_000_000;

    private const int LengthPrefix = 8;

    /// <summary>Reads the header; the checkpoint owns the file.</summary>
    /// <exception cref="ModelFormatException">The file breaks the format; the message says how.</exception>
    public static Checkpoint Read(MappedFile file)
    {
        var headerLength = ReadHeaderLength(file);
        var dataStart = LengthPrefix + headerLength;
        var entries = SafetensorsHeader.Parse(file.Path, file.Slice(LengthPrefix, headerLength));
        CheckLayout(file.Path, entries, file.Length - dataStart);
        var tensors = new Dictionary<string, Tensor>(entries.Count);
        var unread = new Dictionary<string, string>();
        foreach (var entry in entries)
        {
            if (entry.Type is { } type)
            {
                tensors.Add(entry.Name, new Tensor(entry.Name, type, entry.Shape, file.Slice(dataStart + entry.Begin, (int)entry.Span)));
            }
            else
            {
                unread.Add(entry.Name, entry.TypeName);
            }
        }

        return new Checkpoint(file.Path, tensors, file) { Unread = unread };
    }

    private static int ReadHeaderLength(MappedFile file)
    {
        if (file.Length < LengthPrefix)
        {
            throw new ModelFormatException(
                file.Path,
                $"has {file.Length} bytes, too few for the {LengthPrefix} bytes a safetensors file begins with; fetch it again");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, LengthPrefix).Span);
        if (length > MaximumHeaderLength)
        {
            throw new ModelFormatException(
                file.Path,
                $"declares a header of {length} bytes, more than the {MaximumHeaderLength} that safetensors allows; it is damaged or another format");
        }

        if ((long)length > file.Length - LengthPrefix)
        {
            throw new ModelFormatException(
                file.Path,
                $"declares a header of {length} bytes but ends after {file.Length - LengthPrefix} of them; it is truncated, fetch it again");
        }

        return (int)length;
    }

    private static void CheckLayout(string path, IReadOnlyList<SafetensorsEntry> entries, long dataLength)
    {
        foreach (var entry in entries)
        {
            CheckSize(path, entry, dataLength);
        }

        var previous = "";
        var expected = 0L;
        SafetensorsEntry[] ordered = [.. entries];
        Array.Sort(ordered, static (first, second) => first.Begin != second.Begin ? first.Begin.CompareTo(second.Begin) : first.End.CompareTo(second.End));
        foreach (var entry in ordered)
        {
            if (entry.Begin < expected)
            {
                throw new ModelFormatException(
                    path, $"tensor '{JsonFailure.Cut(entry.Name)}' begins at byte {entry.Begin} of the data and overlaps '{JsonFailure.Cut(previous)}', which ends at {expected}");
            }

            if (entry.Begin > expected)
            {
                throw new ModelFormatException(
                    path, $"bytes {expected} to {entry.Begin} of the data, before tensor '{JsonFailure.Cut(entry.Name)}', are a hole that belongs to no tensor");
            }

            (previous, expected) = (entry.Name, entry.End);
        }

        if (expected != dataLength)
        {
            throw new ModelFormatException(
                path, $"has {dataLength - expected} trailing bytes after the last tensor, which ends at byte {expected} of the data");
        }
    }

    private static void CheckSize(string path, SafetensorsEntry entry, long dataLength)
    {
        if (entry.Begin > entry.End)
        {
            throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(entry.Name)}' begins at byte {entry.Begin} of the data, after its end at {entry.End}");
        }

        if (entry.End > dataLength)
        {
            throw new ModelFormatException(
                path,
                $"tensor '{JsonFailure.Cut(entry.Name)}' ends at byte {entry.End} of the data, but the file has only {dataLength} bytes of data; it is truncated or damaged");
        }

        if (entry.ByteCount is not { } size)
        {
            throw new ModelFormatException(
                path, $"tensor '{JsonFailure.Cut(entry.Name)}' has shape {TensorShape.Describe(entry.Shape)}, whose size overflows 64 bits or is no whole number of bytes");
        }

        if (size != entry.Span)
        {
            throw new ModelFormatException(
                path,
                $"tensor '{JsonFailure.Cut(entry.Name)}' of type {entry.TypeName} and shape {TensorShape.Describe(entry.Shape)} takes {size} bytes, "
                + $"but its offsets span {entry.Span}");
        }

        if (entry.Type is not null && size > Array.MaxLength)
        {
            throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(entry.Name)}' has {size} bytes; a single tensor may have at most {Array.MaxLength}");
        }
    }
}
