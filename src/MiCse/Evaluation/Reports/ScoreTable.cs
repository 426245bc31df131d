namespace MiCse.Evaluation.Reports;

/// <summary>A table ready to be printed.</summary>
/// <param name="Header">The columns' names.</param>
/// <param name="Rows">As many cells in each row.</param>
/// <param name="Figures">Whether the columns after the <see cref="Labels"/> hold figures, to be aligned to the right.</param>
internal sealed record ScoreTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows, bool Figures = true)
{
    /// <summary>The columns at the front that say what a row is about; 1 by default.</summary>
    public int Labels { get; init; } = 1;

    /// <summary>Writes the table in Markdown.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        WriteRow(output, Header);
        WriteRow(output, [.. Header.Select((_, column) => Figures && column >= Labels ? "---:" : "---")]);
        foreach (var row in Rows)
        {
            WriteRow(output, row);
        }
    }

    private static void WriteRow(TextWriter output, IReadOnlyList<string> cells) =>
        output.Write($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")))} |\n");
}
