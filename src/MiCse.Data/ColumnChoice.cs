using System.Globalization;
using MiCse.Files;

namespace MiCse.Data;

/// <summary>Turns the columns a caller asked for into positions among the columns a file has.</summary>
internal sealed class ColumnChoice
{
    private const string DefaultTextColumn = "text";

    private readonly IReadOnlyList<string> _columns;
    private readonly bool _oneText;

    /// <param name="columns">Names or 1-based numbers; none means the default.</param>
    /// <param name="byNumber">Whether they are numbers.</param>
    /// <param name="oneText">Whether exactly one column is wanted.</param>
    public ColumnChoice(IReadOnlyList<string> columns, bool byNumber, bool oneText)
    {
        if (oneText && columns.Count > 1)
        {
            throw new ArgumentException($"One column of texts is read, but {columns.Count} were named: {string.Join(", ", columns)}.", nameof(columns));
        }

        if (byNumber && columns.FirstOrDefault(column => !TryNumber(column, out _)) is { } wrong)
        {
            throw new ArgumentException($"Without a header a column is a number from 1, but '{wrong}' was given.", nameof(columns));
        }

        _columns = columns;
        ByNumber = byNumber;
        _oneText = oneText;
    }

    /// <summary>Whether columns were asked for, so that values of any kind are meant; otherwise only texts are.</summary>
    public bool IsGiven => _columns.Count > 0;

    /// <summary>Whether columns are numbers and a first line is data.</summary>
    public bool ByNumber { get; }

    /// <summary>The positions, 0-based, of the chosen columns.</summary>
    /// <param name="file">What messages call the file.</param>
    /// <param name="line">The line that shows which columns there are.</param>
    /// <param name="available">The names of the columns, or how they are numbered.</param>
    public int[] Resolve(string file, long? line, IReadOnlyList<string> available)
    {
        if (_columns.Count > 0)
        {
            return [.. _columns.Select(column => Position(file, line, column, available))];
        }

        if (!_oneText || available.Count == 1)
        {
            return [.. Enumerable.Range(0, available.Count)];
        }

        var text = ByNumber ? -1 : IndexOf(file, line, available, DefaultTextColumn);
        return text >= 0
            ? [text]
            : throw new DataFormatException(file, line, $"there are {available.Count} columns ({List(available)}); say which one holds the texts.");
    }

    private int Position(string file, long? line, string column, IReadOnlyList<string> available)
    {
        if (ByNumber)
        {
            return TryNumber(column, out var number) && number <= available.Count
                ? number - 1
                : throw new DataFormatException(file, line, $"there is no column {column}; there are {available.Count}.");
        }

        var position = IndexOf(file, line, available, column);
        return position >= 0
            ? position
            : throw new DataFormatException(file, line, $"there is no column '{column}'; the columns are {List(available)}.");
    }

    private static int IndexOf(string file, long? line, IReadOnlyList<string> available, string name)
    {
        int[] positions = [.. available.Index().Where(column => column.Item == name).Select(column => column.Index)];
        return positions switch
        {
            [] => -1,
            [var only] => only,
            [var first, var second, ..] => throw new DataFormatException(file, line, $"the columns {first + 1} and {second + 1} are both called '{name}'; give them different names."),
        };
    }

    private static bool TryNumber(string column, out int number) =>
        int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1;

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(20).Select(name => $"'{name}'")) + (names.Count > 20 ? $" and {names.Count - 20} more" : "");
}
