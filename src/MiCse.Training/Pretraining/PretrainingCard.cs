using System.Globalization;
using System.Text;

namespace MiCse.Training.Pretraining;

/// <summary>README.md of a pretrained model: what it is, and everything needed to pretrain it again.</summary>
internal static class PretrainingCard
{
    /// <param name="plan">What was trained.</param>
    /// <param name="seen">What the steps have seen.</param>
    /// <param name="scores">All evaluations.</param>
    /// <param name="license">The licence of the model the pretraining started from, if it names one.</param>
    public static string Write(
        TrainingPlan<PretrainingOptions> plan, PretrainingMeasures seen, IReadOnlyList<PretrainingScore> scores, string? license)
    {
        var card = new StringBuilder();
        ModelCard.AppendFrontMatter(card, "fill-mask", license);
        card.Append(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Pretrained encoder

            Trained from `{plan.Model}` by masked language modelling on {plan.TrainedExamples:N0} examples: {plan.Steps:N0} steps, {seen.Tokens:N0} tokens.
            Its vectors are not trained to compare sentences yet; `micse train --model THIS_FOLDER` does that. Until then they are pooled
            by {plan.Options.Pooling} (in `modules.json` and `1_Pooling/config.json`, so that other tools pool alike).


            """));
        ModelCard.AppendSource(card, plan);
        card.Append("\n## Evaluations during training\n");
        ModelCard.AppendTable(
            card,
            scores,
            best: null,
            ("held-out loss", score => score.HeldOutLoss),
            ("held-out perplexity", score => score.Perplexity),
            ("score", score => score.Score));
        ModelCard.AppendVersions(card);
        return card.ToString();
    }
}
