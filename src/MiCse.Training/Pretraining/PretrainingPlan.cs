using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Batches;

namespace MiCse.Training.Pretraining;

/// <summary>The plan of a pretraining.</summary>
internal static class PretrainingPlan
{
    private const int MostHeldOutByDefault = 2000;
    private const int WarmupPart = 20;

    /// <summary>Holds examples out as the options say.</summary>
    /// <exception cref="Files.DataFormatException">There are not as many different examples.</exception>
    public static TrainingData HoldOut(SentenceCorpus corpus, PretrainingOptions options) =>
        TrainingData.HoldOut(corpus, options.HeldOut ?? Math.Min(MostHeldOutByDefault, corpus.Examples.Count / 20), options.Seed);

    /// <summary>Fills the defaults in and checks that options, model and data fit each other: steps, warm-up, lengths, dropouts and held-out examples are set.</summary>
    /// <exception cref="ArgumentException">They do not; the message says how.</exception>
    /// <exception cref="ModelFormatException">The model has another vocabulary than its tokenizer.</exception>
    public static TrainingPlan<PretrainingOptions> For(
        PretrainingOptions options, ModelFolder model, Tokenizer tokenizer, TrainingData data, PretrainingData sequences, bool evaluated)
    {
        var steps = options.Steps ?? checked(options.Epochs * sequences.Sampler(options).BatchesPerEpoch);
        var complete = options with
        {
            Steps = steps,
            WarmupSteps = options.WarmupSteps ?? steps / WarmupPart,
            MaxTokens = options.MaxTokensFor(model.MaxTokens),
            HiddenDropout = options.HiddenDropout ?? model.Config.HiddenDropout,
            AttentionDropout = options.AttentionDropout ?? model.Config.AttentionDropout,
            HeldOut = data.HeldOut.Count,
        };
        return TrainingPlan<PretrainingOptions>.Of(complete, model, tokenizer, data, evaluated);
    }
}
