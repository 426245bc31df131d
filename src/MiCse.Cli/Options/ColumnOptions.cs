using System.CommandLine;
using System.Globalization;
using MiCse.Cli.Terminal;
using MiCse.Data;

namespace MiCse.Cli.Options;

/// <summary>Which column of a data file holds the texts, and whether the columns have names.</summary>
internal sealed class ColumnOptions
{
    /// <summary>The column that holds the texts.</summary>
    public Option<string?> Column { get; } = new("--column")
    {
        Description = "The column that holds the texts: a name, or a number from 1 with --no-header (default: the column `text`, or the only one).",
        HelpName = "COLUMN",
    };

    /// <summary>Whether the first line of a file is data.</summary>
    public Option<bool> NoHeader { get; } = CreateNoHeader();

    /// <summary>Whether fields of a .tsv file may be quoted.</summary>
    public Option<bool> Quoted { get; } = new("--quoted")
    {
        Description = "Fields of a .tsv file may be in quotes, as those of a .csv file always may (default: a \" in a .tsv file is an ordinary character).",
    };

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [Column, NoHeader, Quoted];

    /// <summary><c>--no-header</c> alone, for commands that read several columns.</summary>
    public static Option<bool> CreateNoHeader() => new("--no-header") { Description = "The first line of a .csv or .tsv file is data." };

    /// <summary>What the options say.</summary>
    /// <exception cref="UsageException">A column has a name although the file has no header.</exception>
    public TextFileOptions ToOptions(ParseResult arguments)
    {
        string[] columns = arguments.GetValue(Column) is { } column ? [column] : [];
        var noHeader = arguments.GetValue(NoHeader);
        CheckNumbers(Column, columns, noHeader);
        return new TextFileOptions { Columns = columns, NoHeader = noHeader, Quoting = arguments.GetValue(Quoted) ? true : null };
    }

    /// <summary>Refuses names of columns where columns have none.</summary>
    /// <exception cref="UsageException">A column is not a number from 1.</exception>
    public static void CheckNumbers(Option option, IEnumerable<string> columns, bool noHeader)
    {
        if (noHeader && columns.FirstOrDefault(column => !IsNumber(column)) is { } wrong)
        {
            throw new UsageException($"{option.Name}: with --no-header a column is a number from 1, found '{wrong}'.");
        }
    }

    private static bool IsNumber(string column) => int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
}
