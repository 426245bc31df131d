using System.Globalization;
using MiCse.Models;
using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>A low-shot study as a page in Markdown.</summary>
internal static class LowShotMarkdown
{
    /// <summary>Writes what was done, the tables, and how to read them.</summary>
    /// <param name="output">Where to; lines end with LF.</param>
    /// <param name="report">What was found.</param>
    /// <param name="plot">The file of a picture, relative to the page; null for none.</param>
    public static void Write(TextWriter output, LowShotReport report, string? plot = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(report);
        var seeds = report.Seeds.Count;
        var averaged = string.Join(", ", report.Untrained.Averaged.Select(task => task.Heading));
        output.Write("# Low-shot study\n\n");
        output.Write(
            $"`{report.Model}` trained on a few sentences of `{report.Data}`, {Numbered(seeds, "seed")} ({string.Join(", ", report.Seeds.Select(Figure))}). "
            + $"Figures are Spearman's correlation × 100 over all pairs of a task{(seeds > 1 ? ", mean ± sample standard deviation over the seeds" : "")}. "
            + $"The average is over {averaged}."
            + (report.Tasks.FirstOrDefault(task => task.Task == LabelledTexts.TaskName) is { } retrieval ? $" \"{retrieval.Heading}\" is the share, × 100, of a text's ten nearest that have its label." : "")
            + "\n\n");
        if (plot is not null)
        {
            output.Write($"![Scores over the number of sentences]({plot})\n\n");
        }

        LowShotTables.Scores(report).WriteMarkdown(output);
        WriteDifferences(output, report);
        WriteViews(output, report);
        output.Write("\n## How it was trained\n\n");
        output.Write(Recipe(report));
        LowShotTables.Recipes(report).WriteMarkdown(output);
    }

    private static void WriteDifferences(TextWriter output, LowShotReport report)
    {
        if (LowShotTables.Differences(report) is not { } differences)
        {
            return;
        }

        output.Write("\n## Difference to SimCSE\n\n");
        output.Write("The arms of a seed share sentences, order and dropout, so they are compared in pairs. ");
        output.Write(report.Seeds.Count == 1
            ? "One seed gives a difference and no test of it.\n\n"
            : $"The mean difference ± its standard deviation over {report.Seeds.Count} seeds, t with {Numbered(report.Seeds.Count - 1, "degree")} of freedom, and the "
                + $"two-sided p of the paired t-test. p (Holm), in the tasks' columns the p in brackets, is corrected for all {differences.Rows.Count * (1 + report.Tasks.Count)} comparisons of the table.\n\n");
        differences.WriteMarkdown(output);
    }

    private static void WriteViews(TextWriter output, LowShotReport report)
    {
        if (LowShotTables.Views(report) is not { } views)
        {
            return;
        }

        output.Write("\n## What training does to two views\n\n");
        output.Write(
            "Of sentences of STS-B dev, with the study's dropout: how much the attention of two views of a sentence has in common (mutual information in nats, exact, higher is more), how far apart their embeddings "
            + "are (alignment, lower is nearer) and how evenly all embeddings are spread (uniformity, lower is more evenly).");
        string[] gains =
        [
            .. from score in report.Tasks.Except(report.Untrained.Averaged).Select(score => (score.Heading, Task: (string?)score.Task)).Prepend(("average", null))
               let gain = LowShotTables.GainOfAgreement(report, score.Task)
               where gain is { } found && double.IsFinite(found)
               select string.Create(CultureInfo.InvariantCulture, $"{gain:0.00} ({score.Heading})"),
        ];
        output.Write(gains.Length > 0
            ? $" Over all trainings, Spearman's correlation between the mutual information that an arm has more than SimCSE of the same seed, and its gain in score, is {string.Join(", ", gains)}.\n\n"
            : "\n\n");
        views.WriteMarkdown(output);
    }

    private static string Recipe(LowShotReport report)
    {
        var options = report.Rows[0].Options;
        var selection = options.Selection == CheckpointSelection.Score
            ? "The weights with the best score on STS-B dev are kept."
            : "The weights after the last step are kept.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Batches of {options.BatchSize} sentences of at most {options.MaxTokens} tokens, learning rate {options.LearningRate:0.#########} falling to 0, temperature {options.Temperature}, pooling {options.Pooling!.Value.Name()}, dropout {options.HiddenDropout} and {options.AttentionDropout} in attention. {selection}\n\n");
    }

    private static string Numbered(int count, string what) => count == 1 ? $"1 {what}" : $"{Figure(count)} {what}s";

    private static string Figure(long number) => number.ToString(CultureInfo.InvariantCulture);
}
