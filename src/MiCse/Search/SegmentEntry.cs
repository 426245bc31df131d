namespace MiCse.Search;

/// <summary>What the manifest knows of a segment.</summary>
/// <param name="Number">Its number, which names its files.</param>
/// <param name="Rows">Its rows, removed ones included.</param>
/// <param name="Sections">Its sections by name.</param>
/// <param name="Removed">The removed rows as <see cref="RowSet"/> writes them; null when there are none.</param>
internal sealed record SegmentEntry(int Number, int Rows, IReadOnlyDictionary<string, SectionEntry> Sections, string? Removed)
{
    /// <summary>The file of a section.</summary>
    public static string FileName(int number, string section) => FormattableString.Invariant($"{number:000000}.{section}");
}
