using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Data;

namespace MiCse.Cli.Input;

/// <summary>Files of texts as commands take them: one or several or standard input, which column of them, and how many texts.</summary>
internal sealed class TextArguments
{
    private const string StandardInput = "-";
    private const string StandardInputName = "standard input";

    /// <summary>The column that holds the texts unless another is named.</summary>
    public const string TextColumn = "text";

    private readonly ColumnOptions _columns = new();
    private readonly Option<long?> _limit = Number.Optional("--limit", "Number of texts to read, from the first one on (default: all).", 1L);
    private IReadOnlyList<string>? _localPaths;

    /// <summary>The files.</summary>
    public TextFileArgument File { get; } = new();

    /// <summary>The column that holds a label of each text, for commands that compare or colour by it; they add it themselves.</summary>
    public Option<string?> LabelColumn { get; } = new("--label-column")
    {
        Description = "The column that holds a label of each text: a name, or a number from 1 with --no-header.",
        HelpName = "COLUMN",
    };

    /// <summary>Whether only the beginnings of texts matter; a line of a hundred megabytes is then not held whole.</summary>
    public bool BeginningsOnly { get; init; }

    /// <summary>Which column of the files is read.</summary>
    public ColumnOptions Columns => _columns;

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [.. _columns.All, _limit];

    /// <summary>What messages call the texts.</summary>
    public string Name(ParseResult arguments) => Given(arguments) switch
    {
        [StandardInput] => StandardInputName,
        [var only] => only,
        [var first, .. var more] => $"{first} and {more.Length} more",
        _ => StandardInputName,
    };

    /// <summary>Whether texts come from standard input.</summary>
    public bool IsStandardInput(ParseResult arguments) => Given(arguments).Contains(StandardInput);

    /// <summary>The files, on this machine; none of them is standard input.</summary>
    /// <exception cref="UsageException">Texts come from standard input.</exception>
    public IReadOnlyList<string> Files(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) => IsStandardInput(arguments)
        ? throw new UsageException($"{File.Name}: standard input cannot be shared; name files.")
        : LocalPaths(arguments, streams, cancellationToken);

    /// <summary>Whether the texts can be read only once: from standard input, or from a pipe or device under a name, such as bash makes for <c>&lt;(command)</c>.</summary>
    public bool IsReadOnce(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        IsStandardInput(arguments) || LocalPaths(arguments, streams, cancellationToken).Any(IsPipe);

    /// <summary>How many texts are asked for; null for all.</summary>
    public long? LimitOf(ParseResult arguments) => arguments.GetValue(_limit);

    /// <summary>The number of texts, and a look at every one of them before hours of work start; null where they can be read only once.</summary>
    public long? Count(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (IsReadOnce(arguments, streams, cancellationToken))
        {
            return null;
        }

        var count = 0L;
        foreach (var _ in Read(arguments, streams, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            count++;
        }

        return count;
    }

    /// <summary>The texts, read as they are enumerated; standard input can be enumerated once.</summary>
    public IEnumerable<string> Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _columns.ToOptions(arguments) with { BeginningsOnly = BeginningsOnly };
        return Limited(arguments, LocalPaths(arguments, streams, cancellationToken).SelectMany(path => path == StandardInput
            ? TextFile.ReadTexts(streams.Input, StandardInputName, options)
            : TextFile.ReadTexts(path, options)));
    }

    /// <summary>The texts with their labels, which are null when <see cref="LabelColumn"/> is not given; standard input can be enumerated once.</summary>
    /// <exception cref="UsageException">Labels without a header, and no column of texts.</exception>
    public IEnumerable<(string Text, string? Label)> ReadLabelled(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(LabelColumn) is not { } label)
        {
            return Read(arguments, streams, cancellationToken).Select(text => (text, (string?)null));
        }

        return ReadWith(LabelColumn, label, arguments, streams, cancellationToken).Select(row => (row.Row.Values[0], (string?)row.Row.Values[1]));
    }

    /// <summary>The texts with another column, in this order, and their file; standard input can be enumerated once.</summary>
    /// <param name="option">The option that names the other column, for messages.</param>
    /// <param name="column">The other column.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="UsageException">No header, and no column of texts.</exception>
    public IEnumerable<(string File, TextRow Row)> ReadWith(
        Option<string?> option, string column, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _columns.ToOptions(arguments);
        if (options.NoHeader && options.Columns.Count == 0)
        {
            throw new UsageException($"{option.Name} together with --no-header needs --column as well, the number of the column that holds the texts.");
        }

        ColumnOptions.CheckNumbers(option, [column], options.NoHeader);
        options = options with { Columns = [options.Columns.Count == 0 ? TextColumn : options.Columns[0], column] };
        return Limited(arguments, LocalPaths(arguments, streams, cancellationToken).SelectMany(path => path == StandardInput
            ? TextFile.ReadRows(streams.Input, StandardInputName, options).Select(row => (StandardInputName, row))
            : TextFile.ReadRows(path, options).Select(row => (path, row))));
    }

    // A pipe has no length, and a link such as /dev/fd/63 names nothing that can be found; to open either would take what is in it. (An empty file looks the same, and reads the same.)
    private static bool IsPipe(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return false;
        }

        var file = new FileInfo(path);
        return (file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true)) is not FileInfo { Exists: true, Length: > 0 };
    }

    private string[] Given(ParseResult arguments) => arguments.GetValue(File) is { Length: > 0 } files ? files : [StandardInput];

    private IEnumerable<T> Limited<T>(ParseResult arguments, IEnumerable<T> texts) => arguments.GetValue(_limit) is { } limit ? Take(texts, limit) : texts;

    // Stops before the text after the last, which standard input may never bring.
    private static IEnumerable<T> Take<T>(IEnumerable<T> texts, long limit)
    {
        var taken = 0L;
        foreach (var text in texts)
        {
            yield return text;
            if (++taken == limit)
            {
                yield break;
            }
        }
    }

    // Once, so that the files that were counted are the ones that are read.
    private IReadOnlyList<string> LocalPaths(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) => _localPaths ??=
    [
        .. Given(arguments).SelectMany(FilePattern.Expand).Select(name => name == StandardInput
            ? name
            : OptionValues.Read(File.Name, () => HubFetch.DataFile(name, streams, cancellationToken))),
    ];
}
