using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Data;
using MiCse.Files;

namespace MiCse.Cli.Options;

/// <summary>An option that names a file of texts, for commands whose arguments are texts.</summary>
internal sealed class TextFileOption : Option<string?>
{
    private readonly ColumnOptions _columns;

    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page; what is read is added.</param>
    /// <param name="columns">Which column is read.</param>
    public TextFileOption(string name, string description, ColumnOptions columns)
        : base(name)
    {
        _columns = columns;
        Description = $"{description}: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it.";
        HelpName = "FILE";
    }

    /// <summary>The texts, or null when no file is given.</summary>
    /// <exception cref="DataFormatException">There are none.</exception>
    public IReadOnlyList<string>? Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(this) is not { } path)
        {
            return null;
        }

        var options = _columns.ToOptions(arguments);
        string[] texts = [.. TextFile.ReadTexts(OptionValues.Read(Name, () => HubFetch.DataFile(path, streams, cancellationToken)), options)];
        return texts.Length > 0 ? texts : throw new DataFormatException(path, null, "holds no texts.");
    }
}
