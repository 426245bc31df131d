using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>What a low-shot study found; <see cref="LowShotJson"/>, <see cref="LowShotTables"/> and <see cref="LowShotMarkdown"/> show it.</summary>
/// <param name="Model">The name of the base model.</param>
/// <param name="Data">The name of the file or folder with the sentences.</param>
/// <param name="Untrained">What the base model scored as it is, with the pooling of the trainings.</param>
/// <param name="Views">What it made of two views of a sentence; see <see cref="LowShotCellResult.Views"/>.</param>
/// <param name="Rows">By number of sentences, then in the order of the arms; at least one.</param>
public sealed record LowShotReport(string Model, string Data, TaskScores Untrained, HeldOutMeasures? Views, IReadOnlyList<LowShotRow> Rows)
{
    /// <summary>The tasks, in the order of every row's scores.</summary>
    public IReadOnlyList<TaskScore> Tasks => Untrained.Tasks;

    /// <summary>The seeds.</summary>
    public IReadOnlyList<long> Seeds => [.. Rows[0].Cells.Select(cell => cell.Cell.Seed)];

    /// <summary>Collects cells into rows.</summary>
    internal static LowShotReport Of(string model, string data, TaskScores untrained, HeldOutMeasures? views, IReadOnlyList<LowShotCellResult> cells)
    {
        var rows = cells.GroupBy(result => (result.Cell.Shots, result.Cell.Arm)).Select(row => new LowShotRow(row.Key.Shots, row.Key.Arm, [.. row])).ToArray();
        return new LowShotReport(model, data, untrained, views,
        [
            .. rows.OrderBy(row => row.Shots).Select(row => row with
            {
                Control = row.Arm == LowShotArm.Control ? null : Array.Find(rows, other => other.Shots == row.Shots && other.Arm == LowShotArm.Control),
            }),
        ]);
    }
}
