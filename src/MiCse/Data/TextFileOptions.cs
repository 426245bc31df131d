namespace MiCse.Data;

/// <summary>Which columns of a file to read, and how.</summary>
public sealed record TextFileOptions
{
    /// <summary>
    /// The columns to read, in this order: names, or with <see cref="NoHeader"/> 1-based numbers. Empty (the default) means for
    /// <see cref="TextFile.ReadRows(string, TextFileOptions?)"/> all columns, and for <see cref="TextFile.ReadTexts(string, TextFileOptions?)"/>
    /// the column named <c>text</c>, or the only one.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Whether <see cref="Columns"/> are numbers, and the first line of a csv or tsv file is data; false by default. In jsonl and parquet files,
    /// which carry names, the numbers count the columns in their order.
    /// </summary>
    public bool NoHeader { get; init; }

    /// <summary>The format; null (the default) goes by the file's ending. A stream without it is <see cref="TextFileFormat.Text"/>.</summary>
    public TextFileFormat? Format { get; init; }
}
