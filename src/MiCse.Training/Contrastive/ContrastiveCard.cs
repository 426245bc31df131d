using System.Globalization;
using MiCse.Training.Loop;

namespace MiCse.Training.Contrastive;

/// <summary>README.md of a model that was trained to compare sentences.</summary>
internal static class ContrastiveCard
{
    /// <param name="plan">What was trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="state">After the last step.</param>
    /// <param name="license">The licence of the model the training started from, if it names one.</param>
    public static string Write(TrainingPlan plan, TrainingOptions options, TrainingState<ContrastiveMeasures, TrainingScore> state, string? license)
    {
        var method = options.Method == TrainingMethod.MiCse ? "miCSE" : "SimCSE";
        var criterion = options.Selection == CheckpointSelection.LabelFree ? "held-out loss" : "score";
        var introduction = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Sentence encoder

            Trained from `{plan.Model}` with {method} on {plan.TrainedExamples:N0} examples.
            Pooling: {options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).

                micse similarity --model THIS_FOLDER "A man plays the guitar." "Someone makes music."


            """);
        var weights = state.Best is { } best
            ? $"These are the weights of step {best.Step} of {options.Steps}, the best by {criterion}."
            : $"These are the weights after the last of {options.Steps} steps.";
        return new ModelCard<TrainingScore>("sentence-similarity", introduction, $"\n## Scores during training\n\n{weights}\n",
        [
            ("score", score => score.Score),
            ("held-out loss", score => score.HeldOut?.Loss),
            ("held-out InfoNCE", score => score.HeldOut?.ContrastiveLoss),
            ("held-out AMI", score => score.HeldOut?.AttentionMutualInformation),
            ("alignment", score => score.HeldOut?.Alignment),
            ("uniformity", score => score.HeldOut?.Uniformity),
        ]).Write(plan, state.Scores, state.Best, license, state.Extensions);
    }
}
