using System.CommandLine;
using MiCse.Data;

namespace MiCse.Cli.Options;

/// <summary>A file of texts as commands take it: the file or standard input, and which column of it.</summary>
internal sealed class TextArguments
{
    private const string StandardInput = "-";
    private const string StandardInputName = "standard input";
    private const string TextColumn = "text";
    private string? _localPath;

    /// <summary>The file.</summary>
    public Argument<string> File { get; } = new("FILE")
    {
        HelpName = "[FILE]",
        Description = "Texts: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it; - or nothing is standard input, one text a line.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => StandardInput,
    };

    /// <summary>The column that holds the texts.</summary>
    public Option<string?> Column { get; } = new("--column")
    {
        Description = "The column that holds the texts: a name, or a number from 1 with --no-header (default: the column `text`, or the only one).",
        HelpName = "COLUMN",
    };

    /// <summary>Whether columns have no names.</summary>
    public Option<bool> NoHeader { get; } = CreateNoHeader();

    /// <summary>Whether fields of a .tsv file may be quoted.</summary>
    public Option<bool> Quoted { get; } = new("--quoted")
    {
        Description = "Fields of a .tsv file may be in quotes, as those of a .csv file always may (default: a \" in a .tsv file is an ordinary character).",
    };

    /// <summary>The column that holds a label of each text, for commands that compare or colour by it; they add it themselves.</summary>
    public Option<string?> LabelColumn { get; } = new("--label-column")
    {
        Description = "The column that holds a label of each text: a name, or a number from 1 with --no-header.",
        HelpName = "COLUMN",
    };

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [Column, NoHeader, Quoted];

    /// <summary><c>--no-header</c>, for commands that read several columns.</summary>
    public static Option<bool> CreateNoHeader() => new("--no-header") { Description = "The first line of a .csv or .tsv file is data." };

    /// <summary>What messages call the file.</summary>
    public string Name(ParseResult arguments) => IsStandardInput(arguments) ? StandardInputName : arguments.GetRequiredValue(File);

    /// <summary>The number of texts, and a look at every one of them before hours of work start; null for standard input.</summary>
    public long? Count(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        if (IsStandardInput(arguments))
        {
            return null;
        }

        var count = 0L;
        foreach (var _ in TextFile.ReadTexts(LocalPath(arguments, streams, cancellation), ToOptions(arguments)))
        {
            cancellation.ThrowIfCancellationRequested();
            count++;
        }

        return count;
    }

    /// <summary>The texts, read as they are enumerated; standard input can be enumerated once.</summary>
    public IEnumerable<string> Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellation) => IsStandardInput(arguments)
        ? TextFile.ReadTexts(streams.Input, StandardInputName, ToOptions(arguments))
        : TextFile.ReadTexts(LocalPath(arguments, streams, cancellation), ToOptions(arguments));

    /// <summary>The texts with their labels, which are null when <see cref="LabelColumn"/> is not given; standard input can be enumerated once.</summary>
    /// <exception cref="ArgumentException">Labels without a header, and no column of texts.</exception>
    public IEnumerable<(string Text, string? Label)> ReadLabelled(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        if (arguments.GetValue(LabelColumn) is not { } label)
        {
            return Read(arguments, streams, cancellation).Select(text => (text, (string?)null));
        }

        return ReadWith(LabelColumn, label, arguments, streams, cancellation).Select(row => (row.Values[0], (string?)row.Values[1]));
    }

    /// <summary>The texts with another column, in this order; standard input can be enumerated once.</summary>
    /// <param name="option">The option that names the other column, for messages.</param>
    /// <param name="column">The other column.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="ArgumentException">No header, and no column of texts.</exception>
    public IEnumerable<TextRow> ReadWith(
        Option<string?> option, string column, ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var options = ToOptions(arguments);
        if (options.NoHeader && options.Columns.Count == 0)
        {
            throw new ArgumentException($"{option.Name} together with --no-header needs --column as well, the number of the column that holds the texts.");
        }

        options = options with { Columns = [options.Columns.Count == 0 ? TextColumn : options.Columns[0], column] };
        return IsStandardInput(arguments)
            ? TextFile.ReadRows(streams.Input, StandardInputName, options)
            : TextFile.ReadRows(LocalPath(arguments, streams, cancellation), options);
    }

    // Once, so that the file that was counted is the one that is read.
    private string LocalPath(ParseResult arguments, StandardStreams streams, CancellationToken cancellation) =>
        _localPath ??= HubFetch.DataFile(arguments.GetRequiredValue(File), streams, cancellation);

    /// <summary>Whether the texts come from standard input.</summary>
    public bool IsStandardInput(ParseResult arguments) => arguments.GetRequiredValue(File) == StandardInput;

    /// <summary>The one column to read, for commands whose texts are not an argument.</summary>
    public static TextFileOptions ToOptions(string? column, bool noHeader) => new() { Columns = column is null ? [] : [column], NoHeader = noHeader };

    private TextFileOptions ToOptions(ParseResult arguments) =>
        ToOptions(arguments.GetValue(Column), arguments.GetValue(NoHeader)) with { Quoting = arguments.GetValue(Quoted) ? true : null };
}
