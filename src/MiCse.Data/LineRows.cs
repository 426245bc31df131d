using MiCse.Files;

namespace MiCse.Data;

/// <summary>Rows of a plain text file: one text a line, one column.</summary>
internal static class LineRows
{
    /// <summary>Bytes that are kept of a line of which only the beginning matters: far more than any encoder takes.</summary>
    internal const int LongestBeginning = 1 << 24;

    public static IEnumerable<TextRow> Read(Stream stream, string name, ColumnChoice columns, bool beginnings)
    {
        // A text file has one nameless column: a number may say so, a name is a mistake worth a sentence.
        columns.Resolve(name, null, columns.ByNumber ? ["1"] : ["text"]);
        var reader = beginnings
            ? new Utf8LineReader(stream, name, orReturns: true, LongestBeginning, cut: true)
            : new Utf8LineReader(stream, name, orReturns: true);
        while (reader.ReadText() is { } text)
        {
            yield return new TextRow(reader.Line, [text]);
        }
    }
}
