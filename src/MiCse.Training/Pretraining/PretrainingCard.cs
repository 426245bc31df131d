using System.Globalization;
using MiCse.Training.Loop;

namespace MiCse.Training.Pretraining;

/// <summary>README.md of a pretrained model.</summary>
internal static class PretrainingCard
{
    /// <param name="plan">What was trained.</param>
    /// <param name="options">With every default filled in.</param>
    /// <param name="state">After the last step.</param>
    /// <param name="license">The licence of the model the pretraining started from, if it names one.</param>
    public static string Write(
        TrainingPlan plan, PretrainingOptions options, TrainingState<PretrainingMeasures, PretrainingScore> state, string? license)
    {
        var introduction = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Pretrained encoder

            Trained from `{plan.Model}` by masked language modelling on {plan.TrainedExamples:N0} examples: {options.Steps:N0} steps, {state.Tokens:N0} tokens.
            Its vectors are not trained to compare sentences yet; `micse train --model THIS_FOLDER` does that. Until then they are pooled
            by {options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).


            """);
        return new ModelCard<PretrainingScore>("fill-mask", introduction, "\n## Evaluations during training\n",
        [
            ("held-out loss", score => score.HeldOutLoss),
            ("held-out perplexity", score => score.Perplexity),
            ("score", score => score.Score),
        ]).Write(plan, state.Scores, best: null, license, state.Extensions);
    }
}
