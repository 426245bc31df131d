using System.Globalization;
using System.Text;

namespace MiCse.Serving;

/// <summary>A table of the report in Markdown, the first column to the left and the others to the right.</summary>
internal sealed class Table(params string[] heads)
{
    private readonly StringBuilder _rows = new($"| {string.Join(" | ", heads)} |\n|---|{string.Concat(Enumerable.Repeat("--:|", heads.Length - 1))}\n");

    /// <summary>Adds a row.</summary>
    public void Add(string name, params FormattableString[] cells) => _rows.Append("| ").Append(name).Append(" | ").AppendJoin(" | ", cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))).Append(" |\n");

    public override string ToString() => _rows.ToString();
}
