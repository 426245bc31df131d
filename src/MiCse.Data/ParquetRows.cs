using MiCse.Files;
using Parquet;
using Parquet.Schema;

namespace MiCse.Data;

/// <summary>
/// Rows of a parquet file, one row group in memory at a time; null is an empty text. Without a choice the texts are the columns; a chosen column may
/// hold any values that have a usual text, see <see cref="ParquetColumn"/>.
/// </summary>
internal static class ParquetRows
{
    private const int BufferSize = 1 << 16;

    public static IEnumerable<TextRow> Read(Stream stream, string name, ColumnChoice columns)
    {
        if (stream.CanSeek)
        {
            return ReadSeekable(stream, name, columns);
        }

        return ReadCopied();

        // Parquet is read from its end, so what cannot seek goes to a temporary file that disappears with its handle.
        IEnumerable<TextRow> ReadCopied()
        {
            var path = Path.Combine(Path.GetTempPath(), $"micse-{Guid.NewGuid():N}.parquet");
            using var copy = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);
            stream.CopyTo(copy);
            copy.Position = 0;
            foreach (var row in ReadSeekable(copy, name, columns))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<TextRow> ReadSeekable(Stream stream, string name, ColumnChoice columns)
    {
        if (stream.Length == 0)
        {
            yield break;
        }

        ParquetFooter.Check(stream, name);
        var reader = Wait(name, () => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
        try
        {
            var chosen = Wait(name, () => Task.FromResult(Choose(reader.Schema, name, columns)));
            var line = 0L;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var values = Wait(name, () =>
                {
                    Array.ForEach(chosen, column => ParquetPage.Check(stream, reader.Metadata!.RowGroups[group], column.Field, name));
                    return ReadGroup(reader, group, chosen);
                });
                for (var row = 0; row < values.RowCount; row++)
                {
                    line++;
                    yield return new TextRow(line, [.. values.Columns.Select(column => column(row, name, line))]);
                }
            }
        }
        finally
        {
            Wait(name, async () =>
            {
                await reader.DisposeAsync().ConfigureAwait(false);
                return true;
            });
        }
    }

    private static ParquetColumn[] Choose(ParquetSchema schema, string name, ColumnChoice columns)
    {
        var texts = columns.IsGiven ? [] : schema.Fields.Where(ParquetColumn.IsText).ToArray();
        IReadOnlyList<Field> available = texts.Length > 0 ? texts : schema.Fields;
        return [.. columns.Resolve(name, null, [.. available.Select(field => field.Name)]).Select(position => ParquetColumn.Of(available[position], name))];
    }

    private static async Task<(int RowCount, ParquetColumn.Text[] Columns)> ReadGroup(ParquetReader reader, int group, ParquetColumn[] chosen)
    {
        using var rows = reader.OpenRowGroupReader(group);
        var rowCount = checked((int)rows.RowCount);
        var columns = new ParquetColumn.Text[chosen.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            columns[i] = await chosen[i].ReadAsync(rows, rowCount).ConfigureAwait(false);
        }

        return (rowCount, columns);
    }

    // The library is asynchronous only, and fails with many kinds of exception on a damaged file, running out of memory among them.
    private static T Wait<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or DataFormatException))
        {
            throw new DataFormatException(name, null, $"is not a parquet file that can be read: {failure.Message}", failure);
        }
    }
}
