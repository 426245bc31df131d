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

    /// <summary>
    /// Whether fields of csv and tsv files may be quoted, so that they can hold separators and line breaks; null (the default) means yes in csv files
    /// and no in tsv files, where a <c>"</c> is an ordinary character.
    /// </summary>
    public bool? Quoting { get; init; }

    /// <summary>
    /// Whether only the beginning of a text matters, as it does to an encoder that takes a limited number of tokens; false by default. Of a line of a .txt file then at
    /// most 16 MiB are held and the rest is skipped, not even checked to be UTF-8.
    /// </summary>
    internal bool BeginningsOnly { get; init; }

    /// <summary>The format; null (the default) goes by the file's ending. A stream without it is <see cref="TextFileFormat.Text"/>.</summary>
    public TextFileFormat? Format { get; init; }
}

/// <summary>How texts lie in a file.</summary>
public enum TextFileFormat
{
    /// <summary>One text a line; LF or CRLF, or CR if the first line ends so. An empty line is an empty text.</summary>
    Text,

    /// <summary>Comma-separated, RFC 4180: quoted fields may hold commas, line breaks and doubled quotes; a quote inside another field is an ordinary character. Empty lines are skipped.</summary>
    Csv,

    /// <summary>Tab-separated, without quoting unless it is asked for: a <c>"</c> is an ordinary character. Empty lines are skipped.</summary>
    Tsv,

    /// <summary>
    /// One JSON object a line; its strings are the columns, and columns that are named may hold numbers, true and false as well. Empty lines are skipped.
    /// </summary>
    JsonLines,

    /// <summary>
    /// Apache Parquet; its string columns are the columns, and columns that are named may hold numbers, booleans, dates, times and UUIDs as well.
    /// </summary>
    Parquet,
}
