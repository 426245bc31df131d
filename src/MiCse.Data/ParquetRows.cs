using MiCse.Files;
using Parquet;
using Parquet.Schema;

namespace MiCse.Data;

/// <summary>Rows of a parquet file, one row group in memory at a time. The string columns are the columns; null is an empty text.</summary>
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
            var texts = Wait(name, () => Task.FromResult(TextColumns(reader)));
            DataField[] chosen = [.. columns.Resolve(name, null, [.. texts.Select(field => field.Name)]).Select(position => texts[position])];
            var line = 0L;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var values = Wait(name, () => ReadGroup(reader, group, chosen));
                for (var row = 0; row < values.RowCount; row++)
                {
                    line++;
                    yield return new TextRow(line, [.. values.Columns.Select(column => StrictUtf8.Decode(column[row], name, line))]);
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

    private static DataField[] TextColumns(ParquetReader reader) =>
        [.. reader.Schema.Fields.OfType<DataField>().Where(field => field.ClrType == typeof(ReadOnlyMemory<char>) && !field.IsArray)];

    private static async Task<(int RowCount, byte[]?[][] Columns)> ReadGroup(ParquetReader reader, int group, DataField[] chosen)
    {
        using var rows = reader.OpenRowGroupReader(group);
        var rowCount = checked((int)rows.RowCount);
        var columns = new byte[]?[chosen.Length][];
        for (var i = 0; i < chosen.Length; i++)
        {
            columns[i] = new byte[]?[rowCount];
            await rows.ReadAsync(AsBytes(chosen[i]), columns[i].AsMemory()).ConfigureAwait(false);
        }

        return (rowCount, columns);
    }

    // As text, the library would put U+FFFD in place of what is not UTF-8.
    private static DataField AsBytes(DataField field) =>
        new ParquetSchema(new DataField(field.Name, typeof(byte[]), field.IsNullable)).DataFields[0];

    // The library is asynchronous only, and fails with many kinds of exception on a damaged file, running out of memory among them.
    private static T Wait<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new DataFormatException(name, null, $"is not a parquet file that can be read: {failure.Message}", failure);
        }
    }
}
