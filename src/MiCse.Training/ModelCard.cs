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
    public static string Write(TrainingPlan plan, IReadOnlyList<TrainingScore> scores, TrainingScore? best, string? license)
    {
        var card = new StringBuilder();
        card.Append("---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\ntags:\n- sentence-transformers\n- feature-extraction\n- micse\n");
        if (license is not null)
        {
            card.Append(Invariant($"license: {license}\n"));
        }

        card.Append("---\n\n# Sentence encoder\n\n");
        card.Append(Invariant(
            $"""
            Trained from `{plan.Model}` with {MethodName(plan.Options.Method)} on {plan.Examples:N0} examples.
            Pooling: {plan.Options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).

                micse similarity --model THIS_FOLDER "A man plays the guitar." "Someone makes music."

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

        AppendScores(card, scores, best, plan.Steps);
        card.Append(Invariant(
            $"\n## Versions\n\nMiCse {Version(typeof(ModelCard))}, libtorch {torch.__version__}, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}.\n"));
        return card.ToString();
    }

    private static void AppendScores(StringBuilder card, IReadOnlyList<TrainingScore> scores, TrainingScore? best, int steps)
    {
        card.Append("\n## Scores during training\n\n");
        if (best is null)
        {
            card.Append(Invariant($"Not evaluated; these are the weights after the last of {steps} steps.\n"));
            return;
        }

        card.Append(Invariant($"These are the weights of step {best.Step} of {steps}, the best by score.\n\n| step | score |\n|---|---|\n"));
        var stride = (scores.Count + MostScores - 1) / MostScores;
        foreach (var (index, score) in scores.Index().Where(item => item.Index % stride == 0 || item.Item == best))
        {
            card.Append(Invariant($"| {score.Step} | {score.Score:F4}{(score == best ? " (best)" : "")} |\n"));
        }
    }

    private static string MethodName(TrainingMethod method) => method == TrainingMethod.MiCse ? "miCSE" : "SimCSE";

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
