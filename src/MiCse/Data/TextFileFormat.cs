namespace MiCse.Data;

/// <summary>How texts lie in a file.</summary>
public enum TextFileFormat
{
    /// <summary>One text a line; LF or CRLF. An empty line is an empty text.</summary>
    Text,

    /// <summary>Comma-separated, RFC 4180: quoted fields may hold commas, line breaks and doubled quotes. Empty lines are skipped.</summary>
    Csv,

    /// <summary>Tab-separated, without quoting: a <c>"</c> is an ordinary character. Empty lines are skipped.</summary>
    Tsv,

    /// <summary>One JSON object a line; its strings are the columns. Empty lines are skipped.</summary>
    JsonLines,

    /// <summary>Apache Parquet; its string columns are the columns.</summary>
    Parquet,
}
