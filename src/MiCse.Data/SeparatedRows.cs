using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Rows of a csv or tsv file. Every row must have as many fields as the first. A quote inside a field that did not begin with one, as in 5" disk, is an
/// ordinary character; a field that goes on after its closing quote, or has none, is refused.
/// </summary>
internal static partial class SeparatedRows
{
    /// <summary>Beyond this a record is an unclosed quote, not a row.</summary>
    private const int LongestRecord = 1 << 26;

    public static IEnumerable<TextRow> Read(Stream stream, string name, ColumnChoice columns, char separator, bool quoting)
    {
        CsvMalformedRecord? malformed = null;
        using var reader = CsvReader.Create(stream, new CsvReaderOptions
        {
            HasHeader = false,
            Separator = separator,
            Mode = quoting ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => malformed ??= IsStrayQuoteAlone(record, separator) ? null : record,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            TrackLineNumbers = true,
            DetectSeparatorHint = false,
            MaxRecordSize = LongestRecord,
            Encoding = Encoding.UTF8,
        }, leaveOpen: true);

        if (!ReadRecord())
        {
            yield break;
        }

        string[] first = [.. Enumerable.Range(0, reader.FieldCount).Select(field => Field(reader, field, name))];
        var chosen = columns.Resolve(name, reader.LineNumber, first);
        if (columns.ByNumber)
        {
            yield return Row(reader, chosen, name);
        }

        while (ReadRecord())
        {
            yield return Row(reader, chosen, name);
        }

        bool ReadRecord()
        {
            try
            {
                var found = reader.Read();
                return malformed is not { } record ? found
                    : throw new DataFormatException(name, record.LineNumber > 0 ? record.LineNumber : null,
                        "a field that begins with a quote has no closing one, or goes on after it; put such a field in quotes and double those inside.");
            }
            catch (CsvFormatException failure) when (failure.Message.Contains(nameof(CsvReaderOptions.MaxRecordSize), StringComparison.Ordinal))
            {
                throw new DataFormatException(
                    name, failure.LineNumber > 0 ? failure.LineNumber : null, $"a row is longer than {LongestRecord} bytes: a quote is not closed, or it is no table.", failure);
            }
            catch (CsvFormatException failure)
            {
                throw new DataFormatException(name, failure.LineNumber > 0 ? failure.LineNumber : null, WithoutPlace(failure.Message), failure);
            }
        }
    }

    /// <summary>Whether nothing else is wrong with a record, of whose problems only the first is reported.</summary>
    private static bool IsStrayQuoteAlone(CsvMalformedRecord record, char separator)
    {
        var text = record.RawRecord;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf(separator, start);
            if (text[start] == '"')
            {
                end = ClosingQuote(text, start) + 1;
                if (end == 0 || (end < text.Length && text[end] != separator))
                {
                    return false;
                }
            }

            start = end < 0 ? text.Length : end + 1;
        }

        return record.Reason == CsvMalformedReason.StrayQuote;
    }

    private static int ClosingQuote(string text, int open)
    {
        for (var position = open + 1; position < text.Length; position++)
        {
            if (text[position] == '"')
            {
                if (position + 1 == text.Length || text[position + 1] != '"')
                {
                    return position;
                }

                position++;
            }
        }

        return -1;
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
