using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Data;

namespace MiCse.Cli.Input;

/// <summary>A file of texts as commands take it: the file or standard input, and which column of it.</summary>
internal sealed class TextArguments
{
    private const string StandardInput = "-";
    private const string StandardInputName = "standard input";
    private const string TextColumn = "text";
    private readonly ColumnOptions _columns = new();
    private string? _localPath;

    /// <summary>The file.</summary>
    public Argument<string> File { get; } = new("FILE")
    {
        HelpName = "[FILE]",
        Description = "Texts: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it; - or nothing is standard input, one text a line.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => StandardInput,
    };

    /// <summary>The column that holds a label of each text, for commands that compare or colour by it; they add it themselves.</summary>
    public Option<string?> LabelColumn { get; } = new("--label-column")
    {
        Description = "The column that holds a label of each text: a name, or a number from 1 with --no-header.",
        HelpName = "COLUMN",
    };

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => _columns.All;

    /// <summary>What messages call the file.</summary>
    public string Name(ParseResult arguments) => IsStandardInput(arguments) ? StandardInputName : arguments.GetRequiredValue(File);

    /// <summary>The number of texts, and a look at every one of them before hours of work start; null for standard input.</summary>
    public long? Count(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (IsStandardInput(arguments))
        {
            return null;
        }

        var count = 0L;
        foreach (var _ in TextFile.ReadTexts(LocalPath(arguments, streams, cancellationToken), _columns.ToOptions(arguments)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            count++;
        }

        return count;
    }

    /// <summary>The texts, read as they are enumerated; standard input can be enumerated once.</summary>
    public IEnumerable<string> Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) => IsStandardInput(arguments)
        ? TextFile.ReadTexts(streams.Input, StandardInputName, _columns.ToOptions(arguments))
        : TextFile.ReadTexts(LocalPath(arguments, streams, cancellationToken), _columns.ToOptions(arguments));

    /// <summary>The texts with their labels, which are null when <see cref="LabelColumn"/> is not given; standard input can be enumerated once.</summary>
    /// <exception cref="UsageException">Labels without a header, and no column of texts.</exception>
    public IEnumerable<(string Text, string? Label)> ReadLabelled(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(LabelColumn) is not { } label)
        {
            return Read(arguments, streams, cancellationToken).Select(text => (text, (string?)null));
        }

        return ReadWith(LabelColumn, label, arguments, streams, cancellationToken).Select(row => (row.Values[0], (string?)row.Values[1]));
    }

    /// <summary>The texts with another column, in this order; standard input can be enumerated once.</summary>
    /// <param name="option">The option that names the other column, for messages.</param>
    /// <param name="column">The other column.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="UsageException">No header, and no column of texts.</exception>
    public IEnumerable<TextRow> ReadWith(
        Option<string?> option, string column, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _columns.ToOptions(arguments);
        if (options.NoHeader && options.Columns.Count == 0)
        {
            throw new UsageException($"{option.Name} together with --no-header needs --column as well, the number of the column that holds the texts.");
        }

        ColumnOptions.CheckNumbers(option, [column], options.NoHeader);
        options = options with { Columns = [options.Columns.Count == 0 ? TextColumn : options.Columns[0], column] };
        return IsStandardInput(arguments)
            ? TextFile.ReadRows(streams.Input, StandardInputName, options)
            : TextFile.ReadRows(LocalPath(arguments, streams, cancellationToken), options);
    }

    // Once, so that the file that was counted is the one that is read.
    private string LocalPath(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        _localPath ??= OptionValues.Read(File.Name, () => HubFetch.DataFile(arguments.GetRequiredValue(File), streams, cancellationToken));

    /// <summary>Whether the texts come from standard input.</summary>
    public bool IsStandardInput(ParseResult arguments) => arguments.GetRequiredValue(File) == StandardInput;
}
