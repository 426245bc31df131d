using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary><c>--csv-safe</c>: texts of a .csv file that a spreadsheet would run as formulas.</summary>
internal sealed class CsvSafeOption : Option<bool>
{
    // The signs that begin a formula, and as East Asian keyboards type them; a spreadsheet passes over white space before them.
    private const string FormulaStarts = "=+-@＝＋－＠";

    public CsvSafeOption()
        : base("--csv-safe") =>
        Description = "For spreadsheets: in a .csv file, put a ' before texts that begin with = + - or @, which would be run as formulas.";

    /// <summary>The texts as they go into a file: unchanged unless the option is given and the file is a .csv file.</summary>
    public IReadOnlyList<string> Apply(ParseResult arguments, string file, IReadOnlyList<string> texts) =>
        arguments.GetValue(this) && Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? [.. texts.Select(Guard)] : texts;

    private static string Guard(string text) =>
        text.AsSpan().TrimStart() is [var first, ..] && FormulaStarts.Contains(first, StringComparison.Ordinal) ? $"'{text}" : text;
}
