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

        IEnumerable<TextRow> ReadCopied()
        {
            using var copy = Copy(stream);
            foreach (var row in ReadSeekable(copy, name, columns))
            {
                yield return row;
            }
        }
    }

    /// <summary>The columns of the schema, and whether the first rows have texts in them.</summary>
    public static IReadOnlyList<ColumnSample> Sample(Stream stream, string name, int rows)
    {
        if (!stream.CanSeek)
        {
            using var copy = Copy(stream);
            return Sample(copy, name, rows);
        }

        if (stream.Length == 0)
        {
            return [];
        }

        ParquetFooter.Check(stream, name);
        var fields = Wait(name, async () =>
        {
            await using var reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true).ConfigureAwait(false);
            return reader.Schema.Fields;
        });
        ColumnSample[] samples = [.. fields.Select(field => new ColumnSample(field.Name))];
        int[] texts = [.. fields.Index().Where(field => ParquetColumn.IsText(field.Item)).Select(field => field.Index)];
        foreach (var other in Enumerable.Range(0, samples.Length).Except(texts))
        {
            samples[other].AddOther();
        }

        var chosen = new ColumnChoice([.. texts.Select(text => samples[text].Name)], byNumber: false, oneText: false);
        foreach (var row in texts.Length == 0 ? [] : ReadSeekable(stream, name, chosen).Take(rows))
        {
            foreach (var (index, value) in row.Values.Index())
            {
                samples[texts[index]].Add(value);
            }
        }

        return samples;
    }

    // Parquet is read from its end, so what cannot seek goes to a temporary file that disappears with its handle.
    private static FileStream Copy(Stream stream)
    {
        var path = Path.Combine(Path.GetTempPath(), $"micse-{Guid.NewGuid():N}.parquet");
        var copy = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);
        try
        {
            stream.CopyTo(copy);
            copy.Position = 0;
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
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
