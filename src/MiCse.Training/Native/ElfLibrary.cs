using System.Buffers.Binary;
using System.Text;

namespace MiCse.Training.Native;

/// <summary>
/// What the dynamic linker reads of a 64-bit little-endian ELF shared library: its symbols, their versions, and the versions it
/// needs of other libraries (System V gABI chapter 4; Linux Standard Base, "Symbol Versioning"). Every offset is checked.
/// </summary>
internal sealed class ElfLibrary
{
    /// <summary>VER_FLG_WEAK: the linker only warns when the version is missing.</summary>
    private const ushort WeakVersion = 0x2;

    private const uint DynamicSymbols = 11;
    private const uint VersionsOfSymbols = 0x6fffffff;
    private const uint NeededVersions = 0x6ffffffe;

    private readonly byte[] _bytes;
    private readonly Section _symbols;
    private readonly Section _names;
    private readonly Section _symbolVersions;
    private readonly Section _neededVersions;

    /// <param name="bytes">The whole file; the setters below write into it.</param>
    /// <exception cref="BadImageFormatException">Not such a library, or offsets that leave the file.</exception>
    public ElfLibrary(byte[] bytes)
    {
        _bytes = bytes;
        if (!Slice(0, 64)[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new BadImageFormatException("not a 64-bit little-endian ELF file");
        }

        var (symbols, namesIndex) = FindSection(DynamicSymbols);
        (_symbols, _names) = (symbols, ReadSection(namesIndex).Section);
        _symbolVersions = FindSection(VersionsOfSymbols).Section;
        _neededVersions = FindSection(NeededVersions).Section;
    }

    /// <summary>Number of dynamic symbols, the empty one at 0 included.</summary>
    public int SymbolCount => checked((int)(_symbols.Size / 24));

    /// <summary>A symbol's name.</summary>
    public string SymbolName(int symbol) => Name(UInt32(SymbolOffset(symbol)));

    /// <summary>Whether a symbol is imported from another library.</summary>
    public bool IsImport(int symbol) => UInt16(SymbolOffset(symbol) + 6) == 0;

    /// <summary>The version index of a symbol, without the hidden bit.</summary>
    public ushort SymbolVersion(int symbol) => (ushort)(UInt16(SymbolVersionOffset(symbol)) & 0x7fff);

    /// <summary>Makes one symbol import what another one imports: its name and its version.</summary>
    public void ImportInstead(int symbol, int other)
    {
        Slice(SymbolOffset(other), 4).CopyTo(Slice(SymbolOffset(symbol), 4));
        Slice(SymbolVersionOffset(other), 2).CopyTo(Slice(SymbolVersionOffset(symbol), 2));
    }

    /// <summary>Finds a version that the library needs of another one.</summary>
    /// <returns>Its index, where its entry lies and whether it is weak; null when it is not needed.</returns>
    public NeededVersion? FindNeededVersion(string version)
    {
        var library = _neededVersions.Offset;
        while (true)
        {
            var entry = library + UInt32(library + 8);
            for (var remaining = UInt16(library + 2); remaining > 0; remaining--)
            {
                if (Name(UInt32(entry + 8)) == version)
                {
                    return new NeededVersion(UInt16(entry + 6), entry, (UInt16(entry + 4) & WeakVersion) != 0);
                }

                entry += UInt32(entry + 12);
            }

            var next = UInt32(library + 12);
            if (next == 0)
            {
                return null;
            }

            library += next;
        }
    }

    /// <summary>Lets the library load where the version is missing.</summary>
    public void MakeWeak(NeededVersion version) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Slice(version.Entry + 4, 2), (ushort)(UInt16(version.Entry + 4) | WeakVersion));

    private long SymbolOffset(int symbol) => _symbols.At(symbol, 24);

    private long SymbolVersionOffset(int symbol) => _symbolVersions.At(symbol, 2);

    private string Name(uint offset)
    {
        var rest = Slice(_names.At(offset, 1), (int)(_names.Size - offset));
        var end = rest.IndexOf((byte)0);
        return end < 0
            ? throw new BadImageFormatException("a symbol name runs past the string table")
            : Encoding.UTF8.GetString(rest[..end]);
    }

    private (Section Section, uint Link) FindSection(uint type)
    {
        var count = UInt16(0x3c);
        for (uint index = 0; index < count; index++)
        {
            if (UInt32(SectionHeader(index) + 4) == type)
            {
                return ReadSection(index);
            }
        }

        throw new BadImageFormatException($"has no section of type 0x{type:x}");
    }

    private (Section Section, uint Link) ReadSection(uint index)
    {
        var header = SectionHeader(index);
        return (new Section(Int64(header + 24), Int64(header + 32)), UInt32(header + 40));
    }

    private long SectionHeader(uint index) =>
        index < UInt16(0x3c)
            ? Int64(0x28) + (index * 64L)
            : throw new BadImageFormatException($"section {index} does not exist");

    private ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, 2));

    private uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4));

    private long Int64(long offset) => BinaryPrimitives.ReadInt64LittleEndian(Slice(offset, 8));

    private Span<byte> Slice(long offset, int length) =>
        offset >= 0 && offset <= _bytes.Length - length
            ? _bytes.AsSpan((int)offset, length)
            : throw new BadImageFormatException($"offset {offset} lies outside of the file's {_bytes.Length} bytes");

    /// <summary>An entry of <c>.gnu.version_r</c>.</summary>
    public readonly record struct NeededVersion(ushort Index, long Entry, bool IsWeak);

    private readonly record struct Section(long Offset, long Size)
    {
        public long At(long index, int entrySize) =>
            index >= 0 && index < Size / entrySize
                ? Offset + (index * entrySize)
                : throw new BadImageFormatException($"entry {index} lies outside of its section of {Size / entrySize}");
    }
}
