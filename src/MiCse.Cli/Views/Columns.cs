using MiCse.Cli.Terminal;

namespace MiCse.Cli.Views;

/// <summary>Rows of text in aligned columns; what could move the cursor or reorder a row is shown as an escape.</summary>
internal static class Columns
{
    /// <summary>Writes rows of equally many cells.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="rightAligned">Columns of numbers, by index.</param>
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<string>> rows, params IReadOnlyList<int> rightAligned)
    {
        rows = [.. rows.Select(row => row.Select(VisibleText.Of).ToArray())];
        var count = rows.Count == 0 ? 0 : rows[0].Count;
        var widths = new int[count];
        foreach (var row in rows)
        {
            for (var column = 0; column < count; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => rightAligned.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
