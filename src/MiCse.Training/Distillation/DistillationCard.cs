using System.Globalization;
using MiCse.Training.Contrastive;
using MiCse.Training.Loop;

namespace MiCse.Training.Distillation;

/// <summary>README.md of a student.</summary>
internal static class DistillationCard
{
    /// <param name="plan">What was trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="state">After the last step.</param>
    /// <param name="license">The licence of the model the student started from, if it names one.</param>
    public static string Write(TrainingPlan plan, DistillationOptions options, TrainingState<DistillationMeasures, DistillationScore> state, string? license)
    {
        var introduction = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Distilled sentence encoder

            Trained from `{plan.Model}` to give the embeddings of `{plan.Options["Teacher"]}`, on {plan.TrainedExamples:N0} texts: {options.Steps:N0} steps, {state.Tokens:N0} tokens.
            Pooling: {options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).

                micse similarity --model THIS_FOLDER "A man plays the guitar." "Someone makes music."


            """);
        var criterion = options.Selection == CheckpointSelection.LabelFree ? "cosine to the teacher on held-out texts" : "score";
        var weights = state.Best is { } best
            ? $"These are the weights of step {best.Step} of {options.Steps}, the best by {criterion}."
            : $"These are the weights after the last of {options.Steps} steps.";
        return new ModelCard<DistillationScore>("sentence-similarity", introduction, $"\n## Scores during training\n\n{weights}\n",
        [
            ("score", score => score.Score),
            ("held-out cosine to the teacher", score => score.HeldOutCosine),
        ]).Write(plan, state.Scores, state.Best, license, state.Extensions);
    }
}
