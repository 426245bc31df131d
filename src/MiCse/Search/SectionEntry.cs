namespace MiCse.Search;

/// <summary>What the manifest knows of a section.</summary>
/// <param name="Bytes">Length of its data.</param>
/// <param name="Checksum">Hash of the hashes of its blocks.</param>
internal sealed record SectionEntry(long Bytes, ulong Checksum);
