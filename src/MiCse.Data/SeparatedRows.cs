using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>Rows of a csv or tsv file. Every row must have as many fields as the first.</summary>
internal static partial class SeparatedRows
{
    /// <summary>Beyond this a record is an unclosed quote, not a row.</summary>
    private const int LongestRecord = 1 << 26;

    public static IEnumerable<TextRow> Read(Stream stream, string name, ColumnChoice columns, char separator, bool quoting)
    {
        using var reader = CsvReader.Create(stream, new CsvReaderOptions
        {
            HasHeader = false,
            Separator = separator,
            Mode = quoting ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            TrackLineNumbers = true,
            DetectSeparatorHint = false,
            MaxRecordSize = LongestRecord,
            Encoding = Encoding.UTF8,
        }, leaveOpen: true);

        if (!ReadRecord(reader, name))
        {
            yield break;
        }

        string[] first = [.. Enumerable.Range(0, reader.FieldCount).Select(field => Field(reader, field, name))];
        var chosen = columns.Resolve(name, reader.LineNumber, first);
        if (columns.ByNumber)
        {
            yield return Row(reader, chosen, name);
        }

        while (ReadRecord(reader, name))
        {
            yield return Row(reader, chosen, name);
        }
    }

    private static bool ReadRecord(CsvReader reader, string name)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException failure)
        {
            throw new DataFormatException(name, failure.LineNumber > 0 ? failure.LineNumber : null, WithoutPlace(failure.Message), failure);
        }
    }

    // "Record 3 (line 3) has 3 fields": the exception names the line.
    private static string WithoutPlace(string message) => Place().Replace(message, "").Replace("Malformed CSV in ", "malformed CSV: ", StringComparison.Ordinal);

    [GeneratedRegex(@"\b[Rr]ecord \d+(?: \(line \d+\))?:? ", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    private static TextRow Row(CsvReader reader, int[] chosen, string name)
    {
        var values = new string[chosen.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            values[i] = Field(reader, chosen[i], name);
        }

        return new TextRow(reader.LineNumber, values);
    }

    // The library would put U+FFFD in place of what is not UTF-8.
    private static string Field(CsvReader reader, int field, string name) =>
        StrictUtf8.Decode(reader.GetSpan(field), name, reader.LineNumber);
}
