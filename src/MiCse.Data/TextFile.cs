using MiCse.Files;

namespace MiCse.Data;

/// <summary>
/// Texts from .txt, .csv, .tsv, .jsonl and .parquet files, each also as .gz or .zst, read one after the other: memory does not grow with the
/// file, though a text is held whole: a line of 200 MB takes several times as much while it is read, and one of more than 256 MB (in .csv, .tsv and .jsonl a row of more than 64 MB) is refused. Text must be UTF-8 (a byte-order mark is skipped); a line that is not is refused, never repaired, because a silently changed text gives a
/// silently wrong vector. An empty file has no texts. Every sequence returned reads the file anew when enumerated, and throws
/// <see cref="DataFormatException"/> where the file cannot be read as asked.
/// </summary>
public static class TextFile
{
    private const int BufferSize = 1 << 16;
    private const int SampledRows = 100;

    /// <summary>One text per row of a file.</summary>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="options">The column to choose, at most one.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="DataFormatException">The ending is not one of those above.</exception>
    /// <exception cref="ArgumentException">More than one column, or a number that is none.</exception>
    public static IEnumerable<string> ReadTexts(string path, TextFileOptions? options = null)
    {
        var chosen = Columns(options, texts: true);
        return ReadFile(path, options, chosen).Select(row => row.Values[0]);
    }

    /// <summary>One text per row of a stream, for example standard input; it can be enumerated once and is left open.</summary>
    /// <param name="stream">The bytes, not compressed.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">The column to choose, at most one, and the format.</param>
    /// <exception cref="ArgumentException">More than one column, or a number that is none.</exception>
    public static IEnumerable<string> ReadTexts(Stream stream, string name, TextFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadStream(stream, name, options?.Format ?? TextFileFormat.Text, options, Columns(options, texts: true)).Select(row => row.Values[0]);
    }

    /// <summary>The rows of a file with all columns or those chosen, for example pairs for training.</summary>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="options">The columns to choose; all by default.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="DataFormatException">The ending is not one of those above.</exception>
    /// <exception cref="ArgumentException">A column number that is none.</exception>
    public static IEnumerable<TextRow> ReadRows(string path, TextFileOptions? options = null) =>
        ReadFile(path, options, Columns(options, texts: false));

    /// <summary>The rows of a stream; it can be enumerated once and is left open.</summary>
    /// <param name="stream">The bytes, not compressed.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">The columns to choose, all by default, and the format.</param>
    /// <exception cref="ArgumentException">A column number that is none.</exception>
    public static IEnumerable<TextRow> ReadRows(Stream stream, string name, TextFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadStream(stream, name, options?.Format ?? TextFileFormat.Text, options, Columns(options, texts: false));
    }

    /// <summary>
    /// The columns of a file with names, and whether they hold texts, as its first rows show; empty for a .txt file and one without rows.
    /// </summary>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="options">How to read it; columns and header are not looked at.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="DataFormatException">It cannot be read as its ending says.</exception>
    internal static IReadOnlyList<ColumnSample> SampleColumns(string path, TextFileOptions? options = null)
    {
        var format = options?.Format ?? FormatOf(path);
        switch (format)
        {
            case TextFileFormat.Csv or TextFileFormat.Tsv:
                var numbered = (options ?? new TextFileOptions()) with { NoHeader = true, Columns = [] };
                ColumnSample[] samples = [];
                foreach (var row in ReadRows(path, numbered).Take(SampledRows + 1))
                {
                    if (samples.Length == 0)
                    {
                        samples = [.. row.Values.Select(name => new ColumnSample(name))];
                        continue;
                    }

                    foreach (var (column, value) in row.Values.Index())
                    {
                        samples[column].Add(value);
                    }
                }

                return samples;
            case TextFileFormat.JsonLines or TextFileFormat.Parquet:
                if (!File.Exists(path))
                {
                    throw new FileNotFoundException($"{path}: there is no such file.", path);
                }

                using (var file = Open(path))
                using (var stream = Compression.Decompress(file, path))
                {
                    return format == TextFileFormat.JsonLines ? JsonRows.Sample(stream, path, SampledRows) : ParquetRows.Sample(stream, path, SampledRows);
                }

            default:
                return [];
        }
    }

    private static ColumnChoice Columns(TextFileOptions? options, bool texts) =>
        new(options?.Columns ?? [], options?.NoHeader ?? false, texts);

    private static IEnumerable<TextRow> ReadFile(string path, TextFileOptions? options, ColumnChoice columns)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new DataFormatException(path, null, "is a folder; name a file.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        }

        var format = options?.Format ?? FormatOf(path);
        return Read();

        IEnumerable<TextRow> Read()
        {
            using var file = Open(path);
            using var stream = Compression.Decompress(file, path);
            foreach (var row in ReadStream(stream, path, format, options, columns))
            {
                yield return row;
            }
        }
    }

    // A sentence of its own: who writes while this is read must not take it for a failure to write.
    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new DataFormatException(
                path, null, failure is UnauthorizedAccessException ? "cannot be read, permission is denied." : $"cannot be read: {failure.Message}", failure);
        }
    }

    private static IEnumerable<TextRow> ReadStream(Stream stream, string name, TextFileFormat format, TextFileOptions? options, ColumnChoice columns) => format switch
    {
        TextFileFormat.Text => LineRows.Read(stream, name, columns, options?.BeginningsOnly ?? false),
        TextFileFormat.Csv => SeparatedRows.Read(stream, name, columns, ',', options?.Quoting ?? true),
        TextFileFormat.Tsv => SeparatedRows.Read(stream, name, columns, '\t', options?.Quoting ?? false),
        TextFileFormat.JsonLines => JsonRows.Read(stream, name, columns),
        TextFileFormat.Parquet => ParquetRows.Read(stream, name, columns),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
    };

    private static TextFileFormat FormatOf(string path) => Path.GetExtension(Compression.TrimEnding(path)).ToLowerInvariant() switch
    {
        ".txt" or "" => TextFileFormat.Text,
        ".csv" => TextFileFormat.Csv,
        ".tsv" => TextFileFormat.Tsv,
        ".jsonl" => TextFileFormat.JsonLines,
        ".parquet" => TextFileFormat.Parquet,
        var other => throw new DataFormatException(path, null,
            $"files ending in {other} are not read; expected .txt, .csv, .tsv, .jsonl or .parquet, or one of them with .gz or .zst after it."),
    };
}

/// <summary>One row of a file.</summary>
/// <param name="Line">1-based line where the row starts; in a parquet file the 1-based number of the row.</param>
/// <param name="Values">The chosen columns, in the order asked for; the same number in every row of a file.</param>
public readonly record struct TextRow(long Line, IReadOnlyList<string> Values);
