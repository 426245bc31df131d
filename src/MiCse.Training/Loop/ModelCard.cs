using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace MiCse.Training.Loop;

/// <summary>README.md of a trained model: how to use it, and everything needed to train it again. Parts that are the objective's own are passed in.</summary>
/// <param name="Pipeline">The task, as the Hub calls it.</param>
/// <param name="Introduction">A heading and what was trained, ending with a line break.</param>
/// <param name="Evaluations">A heading and what the table shows, ending with a line break.</param>
/// <param name="Columns">The table's columns; those without a value are left out.</param>
internal sealed record ModelCard<TScore>(
    string Pipeline, string Introduction, string Evaluations, IReadOnlyList<(string Name, Func<TScore, double?> Value)> Columns)
    where TScore : class, ITrainingScore
{
    private const int MostScores = 200;

    /// <summary>The text.</summary>
    /// <param name="plan">What was trained.</param>
    /// <param name="scores">All evaluations.</param>
    /// <param name="best">The one whose weights are in the folder; null for the last weights.</param>
    /// <param name="license">The licence of the model the training started from, if it names one.</param>
    /// <param name="extensions">Where the training was given more steps.</param>
    public string Write(TrainingPlan plan, IReadOnlyList<TScore> scores, TScore? best, string? license, IReadOnlyList<ScheduleExtension>? extensions)
    {
        var card = new StringBuilder();
        AppendFrontMatter(card, license);
        card.Append(Introduction);
        AppendSource(card, plan);
        foreach (var extension in extensions ?? [])
        {
            card.Append(Invariant(
                $"\nStarted with {extension.Before} steps and resumed after step {extension.Step} with {extension.Now}: from there on the learning rate is that of the longer schedule.\n"));
        }

        card.Append(Evaluations);
        AppendTable(card, scores, best);
        card.Append(Invariant(
            $"\n## Versions\n\nMiCse {ProgramVersion.Current}, libtorch {torch.__version__}, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}.\n"));
        return card.ToString();
    }

    /// <summary>What the Hub and sentence-transformers read.</summary>
    private void AppendFrontMatter(StringBuilder card, string? license)
    {
        card.Append(Invariant(
            $"---\nlibrary_name: sentence-transformers\npipeline_tag: {Pipeline}\ntags:\n- sentence-transformers\n- feature-extraction\n- micse\n"));
        if (license is not null)
        {
            card.Append(Invariant($"license: {license}\n"));
        }

        card.Append("---\n\n");
    }

    /// <summary>The data, the model it started from, and all options.</summary>
    private static void AppendSource(StringBuilder card, TrainingPlan plan)
    {
        card.Append(Invariant(
            $"""
            ## Data

            | file | examples | SHA-256 |
            |---|---|---|
            | {plan.Data} | {plan.Examples} | `{plan.DataSha256}` |

            Started from `{plan.Model}`, weights SHA-256 `{plan.ModelSha256}`.

            ## Options

            | option | value |
            |---|---|

            """));
        foreach (var (name, value) in plan.Options)
        {
            card.Append(Invariant($"| {name} | {value?.ToString() ?? "–"} |\n"));
        }
    }

    /// <summary>A table of evaluations, at most some 200 of them; nothing when no column has values.</summary>
    private void AppendTable(StringBuilder card, IReadOnlyList<TScore> scores, TScore? best)
    {
        (string Name, Func<TScore, double?> Value)[] columns = [.. Columns.Where(column => scores.Any(score => column.Value(score) is not null))];
        if (columns.Length == 0)
        {
            return;
        }

        card.Append(Invariant($"\n| step | {string.Join(" | ", columns.Select(column => column.Name))} |\n|{string.Concat(columns.Select(_ => "---|"))}---|\n"));
        var stride = (scores.Count + MostScores - 1) / MostScores;
        foreach (var (index, score) in scores.Index().Where(item => item.Index % stride == 0 || item.Item == best))
        {
            var values = columns.Select(column => column.Value(score)?.ToString("F4", CultureInfo.InvariantCulture));
            card.Append(Invariant($"| {score.Step}{(score == best ? " (best)" : "")} | {string.Join(" | ", values)} |\n"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
