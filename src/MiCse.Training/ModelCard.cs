using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace MiCse.Training;

/// <summary>README.md of a trained model: how to use it, and everything needed to train it again.</summary>
internal static class ModelCard
{
    private const int MostScores = 200;

    /// <param name="plan">What was trained.</param>
    /// <param name="scores">All evaluations.</param>
    /// <param name="best">The one whose weights are in the folder, if there were any.</param>
    /// <param name="license">The licence of the model the training started from, if it names one.</param>
    public static string Write(TrainingPlan<TrainingOptions> plan, IReadOnlyList<TrainingScore> scores, TrainingScore? best, string? license)
    {
        var card = new StringBuilder();
        AppendFrontMatter(card, "sentence-similarity", license);
        card.Append(Invariant(
            $"""
            # Sentence encoder

            Trained from `{plan.Model}` with {MethodName(plan.Options.Method)} on {plan.TrainedExamples:N0} examples.
            Pooling: {plan.Options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).

                micse similarity --model THIS_FOLDER "A man plays the guitar." "Someone makes music."


            """));
        AppendSource(card, plan);
        card.Append("\n## Scores during training\n\n");
        card.Append(best is null
            ? Invariant($"These are the weights after the last of {plan.Steps} steps.\n")
            : Invariant($"These are the weights of step {best.Step} of {plan.Steps}, the best by {Criterion(plan)}.\n"));
        AppendTable(
            card,
            scores,
            best,
            ("score", score => score.Score),
            ("held-out loss", score => score.HeldOut?.Loss),
            ("held-out InfoNCE", score => score.HeldOut?.ContrastiveLoss),
            ("held-out AMI", score => score.HeldOut?.AttentionMutualInformation),
            ("alignment", score => score.HeldOut?.Alignment),
            ("uniformity", score => score.HeldOut?.Uniformity));
        AppendVersions(card);
        return card.ToString();
    }

    /// <summary>What the Hub and sentence-transformers read.</summary>
    public static void AppendFrontMatter(StringBuilder card, string pipeline, string? license)
    {
        card.Append(Invariant(
            $"---\nlibrary_name: sentence-transformers\npipeline_tag: {pipeline}\ntags:\n- sentence-transformers\n- feature-extraction\n- micse\n"));
        if (license is not null)
        {
            card.Append(Invariant($"license: {license}\n"));
        }

        card.Append("---\n\n");
    }

    /// <summary>The data, the model it started from, and all options.</summary>
    public static void AppendSource<TOptions>(StringBuilder card, TrainingPlan<TOptions> plan)
        where TOptions : class, ITrainingOptions
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
        foreach (var (name, value) in TrainingJson.ToNode(plan.Options))
        {
            card.Append(Invariant($"| {name} | {value?.ToString() ?? "–"} |\n"));
        }
    }

    /// <summary>A table of evaluations, at most some 200 of them, with the columns that have values; nothing when none has.</summary>
    public static void AppendTable<TScore>(
        StringBuilder card, IReadOnlyList<TScore> scores, TScore? best, params IEnumerable<(string Name, Func<TScore, double?> Value)> possible)
        where TScore : class, ITrainingScore
    {
        (string Name, Func<TScore, double?> Value)[] columns = [.. possible.Where(column => scores.Any(score => column.Value(score) is not null))];
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

    /// <summary>What computed the weights.</summary>
    public static void AppendVersions(StringBuilder card) => card.Append(Invariant(
        $"\n## Versions\n\nMiCse {Version(typeof(ModelCard))}, libtorch {torch.__version__}, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}.\n"));

    private static string Criterion(TrainingPlan<TrainingOptions> plan) =>
        plan.Options.Selection == CheckpointSelection.LabelFree ? "held-out loss" : "score";

    private static string MethodName(TrainingMethod method) => method == TrainingMethod.MiCse ? "miCSE" : "SimCSE";

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
