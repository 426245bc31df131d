using System.Security.Cryptography;
using System.Text;
using MiCse.Data;
using MiCse.Files;

namespace MiCse.Training.Batches;

/// <summary>The training data, in memory. Immutable and thread-safe.</summary>
public sealed class SentenceCorpus
{
    /// <summary>Sentences, pairs and hard negatives.</summary>
    internal const int MostColumns = 3;

    /// <summary>Takes examples from memory.</summary>
    /// <param name="name">What messages and the model card call the data.</param>
    /// <param name="examples">All or none with a hard negative.</param>
    /// <exception cref="ArgumentException">Some examples have a hard negative and some have none.</exception>
    public SentenceCorpus(string name, IReadOnlyList<TrainingExample> examples)
        : this(name, examples, [], Hash(examples), skippedRows: 0)
    {
    }

    private SentenceCorpus(string name, IReadOnlyList<TrainingExample> examples, IReadOnlyList<string> columns, string sha256, int skippedRows)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(examples);
        var hardNegatives = examples.Count(example => example.HardNegative is not null);
        if (hardNegatives != 0 && hardNegatives != examples.Count)
        {
            throw new ArgumentException($"{hardNegatives} of {examples.Count} examples have a hard negative: all or none must.", nameof(examples));
        }

        Name = name;
        Examples = examples;
        Columns = columns;
        Sha256 = sha256;
        SkippedRows = skippedRows;
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name { get; }

    /// <summary>All rows, in the order of the file.</summary>
    public IReadOnlyList<TrainingExample> Examples { get; }

    /// <summary>The columns that were asked for; empty when the file's own are used.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>SHA-256 of the file as it lies on the disk (compressed or not), in lower-case hexadecimal; of the texts when they came from memory.</summary>
    public string Sha256 { get; }

    /// <summary>Rows left out because a text in them was empty.</summary>
    public int SkippedRows { get; }

    /// <summary>
    /// Reads a .txt, .csv, .tsv, .jsonl or .parquet file, also as .gz or .zst. One column holds sentences, which are paired with themselves; two
    /// hold pairs; the third holds hard negatives. Labels, scores and ids (columns of those names) and columns of numbers are left out unless they are
    /// asked for, and known names, such as <c>anchor</c>, <c>positive</c> and <c>negative</c>, say what a column holds. Rows with an empty text are skipped.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The columns, in the order sentence, pair, hard negative.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">No sentence in it, columns of which it is not clear what they hold, more than three, or not readable as its ending says (invalid UTF-8 is named with its line).</exception>
    public static SentenceCorpus Load(string path, TextFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var examples = new List<TrainingExample>();
        var skipped = 0;
        foreach (var row in TextFile.ReadRows(path, options?.Columns.Count > 0 ? options : WithRoles(path, options)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Values.Count is 0 or > MostColumns)
            {
                throw new DataFormatException(
                    path, row.Line, $"has {row.Values.Count} columns; training takes one (sentences), two (pairs) or three (pairs and hard negatives): name them.");
            }

            if (row.Values.Any(string.IsNullOrWhiteSpace))
            {
                skipped++;
                continue;
            }

            examples.Add(new TrainingExample(row.Values[0], row.Values.ElementAtOrDefault(1) ?? row.Values[0], row.Values.ElementAtOrDefault(2)));
        }

        if (examples.Count == 0)
        {
            var found = skipped == 0 ? "is empty" : $"has {skipped} rows and an empty text in each";
            throw new DataFormatException(path, null, $"{found}: there is nothing to train on; expected one sentence a line.");
        }

        using var file = File.OpenRead(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        return new SentenceCorpus(Path.GetFileName(path), examples, options?.Columns ?? [], sha256, skipped);
    }

    /// <summary>The examples of a batch.</summary>
    internal IReadOnlyList<TrainingExample> Select(ReadOnlySpan<int> indices)
    {
        var examples = new TrainingExample[indices.Length];
        for (var index = 0; index < indices.Length; index++)
        {
            examples[index] = Examples[indices[index]];
        }

        return examples;
    }

    private static TextFileOptions? WithRoles(string path, TextFileOptions? options)
    {
        if (TrainingColumns.Of(path, options) is not { } columns)
        {
            return options;
        }

        return (options ?? new TextFileOptions()) with
        {
            Columns = columns.Roles ?? throw new DataFormatException(
                path, null, $"has {columns.All.Count} columns ({string.Join(", ", columns.All)}), and it is not clear which hold texts to train on: name them."),
        };
    }

    private static string Hash(IReadOnlyList<TrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{example.First}\0{example.Second}\0{example.HardNegative}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One row of the training data.</summary>
/// <param name="First">The text of the first view.</param>
/// <param name="Second">The text of the second view: the same text (dropout makes the views differ) or one that means the same.</param>
/// <param name="HardNegative">A text that looks alike and means something else; null when the data has no such column.</param>
public sealed record TrainingExample(string First, string Second, string? HardNegative = null)
{
    /// <summary>All its texts; those of the first two columns may be the same.</summary>
    internal IEnumerable<string> Texts => HardNegative is null ? [First, Second] : [First, Second, HardNegative];
}
