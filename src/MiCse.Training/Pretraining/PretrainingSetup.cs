using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Native;

namespace MiCse.Training.Pretraining;

/// <summary>A pretraining before its first step: options, data and model fit each other.</summary>
/// <param name="Options">With every default filled in: steps, warm-up, lengths, dropouts and held-out examples are set.</param>
/// <param name="Data">What is trained on and held out.</param>
/// <param name="Plan">Everything the outcome depends on.</param>
internal sealed record PretrainingSetup(PretrainingOptions Options, PretrainingData Data, TrainingPlan Plan)
{
    private const int MostHeldOutByDefault = 2000;
    private const int WarmupPart = 20;

    /// <summary>Holds examples out, fills the defaults in and checks that everything fits.</summary>
    /// <exception cref="ArgumentException">Options are out of range, or something does not fit; the message says how.</exception>
    /// <exception cref="DataFormatException">There are not as many different examples as are to be held out, or nothing to train on is left.</exception>
    /// <exception cref="ModelFormatException">The model has no mask token.</exception>
    public static PretrainingSetup For(
        PretrainingOptions options, ModelFolder model, Tokenizer tokenizer, SentenceCorpus corpus, bool evaluated, CancellationToken cancellationToken)
    {
        options.Validate();
        options = options with { Device = Devices.Resolve(options.Device) };
        if (tokenizer.SpecialTokens.Mask is null)
        {
            throw new ModelFormatException(model.Path, "the vocabulary has no mask token, and masked language modelling needs one");
        }

        if (model.Config.Family.NamesOf(model.Config).MaskedLanguageModelHead is null)
        {
            throw new ModelFormatException(
                model.Path, $"is of the type {model.Config.ModelType}, whose masked-language-model head has no names that other programs would find; train it contrastively with `micse train`");
        }

        var examples = TrainingData.HoldOut(corpus, options.HeldOut ?? Math.Min(MostHeldOutByDefault, corpus.Examples.Count / 20), options.Seed);
        var data = PretrainingData.From(examples, tokenizer, options.MaxTokensFor(model.MaxTokens), cancellationToken);
        var steps = options.Steps ?? checked(options.Epochs * data.Sampler(options).BatchesPerEpoch);
        var complete = options with
        {
            Steps = steps,
            WarmupSteps = options.WarmupSteps ?? steps / WarmupPart,
            MaxTokens = options.MaxTokensFor(model.MaxTokens),
            HiddenDropout = options.HiddenDropout ?? model.Config.HiddenDropout,
            AttentionDropout = options.AttentionDropout ?? model.Config.AttentionDropout,
            HeldOut = examples.HeldOut.Count,
        };
        var plan = TrainingPlan.Of(complete, model, examples, evaluated);
        plan = options.WarmupSteps is null ? plan with { Extensible = [.. plan.Extensible, nameof(PretrainingOptions.WarmupSteps)] } : plan;
        return new PretrainingSetup(complete, data, plan);
    }
}
