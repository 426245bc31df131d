using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;

namespace MiCse.Training;

/// <summary>The plan of a contrastive training.</summary>
internal static class ContrastivePlan
{
    /// <summary>Fills the defaults in and checks that options, model and data fit each other: layers, dropouts, held-out examples and selection are set.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="model">What the training starts from.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="data">What is trained on and held out.</param>
    /// <param name="evaluated">Whether there is an evaluation on labelled data.</param>
    /// <param name="modelSha256">The model's hash where another plan has it already.</param>
    /// <exception cref="ArgumentException">They do not; the message says how.</exception>
    /// <exception cref="ModelFormatException">The model has fewer layers than the range, or another vocabulary than its tokenizer.</exception>
    public static TrainingPlan<TrainingOptions> For(
        TrainingOptions options, ModelFolder model, Tokenizer tokenizer, TrainingData data, bool evaluated, string? modelSha256 = null)
    {
        if (options.MaskedLanguageModelWeight > 0 && tokenizer.SpecialTokens.Mask is null)
        {
            throw new ArgumentException("Masked language modelling needs a mask token, and the model's vocabulary has none: set its weight to 0.");
        }

        if (options.Selection == CheckpointSelection.Score && !evaluated)
        {
            throw new ArgumentException("Selecting weights by score needs an evaluation on labelled data: give one, or select label-free or the last weights.");
        }

        var complete = options with
        {
            Layers = Layers(options, model.Config),
            HiddenDropout = options.HiddenDropout ?? model.Config.HiddenDropout,
            AttentionDropout = options.AttentionDropout ?? model.Config.AttentionDropout,
            Pooling = options.Pooling ?? Pooling(model),
            Steps = options.Steps ?? checked(options.Epochs * BatchSampler.CountBatches(data.Count, options.BatchSize)),
            HeldOut = data.HeldOut.Count,
            Selection = options.Selection ?? (evaluated ? CheckpointSelection.Score : CheckpointSelection.Last),
        };
        return TrainingPlan<TrainingOptions>.Of(complete, model, tokenizer, data, evaluated, modelSha256);
    }

    // The reference trains [CLS] through a head and removes it.
    private static Pooling Pooling(ModelFolder model) =>
        model.Pooling.Pooling == Models.Pooling.Cls ? Models.Pooling.ClsBeforePooler : model.Pooling.Pooling;

    private static LayerRange? Layers(TrainingOptions options, EncoderShape config)
    {
        if (options.Method == TrainingMethod.SimCse)
        {
            return null;
        }

        if (config.Layers < 2)
        {
            throw new ArgumentException($"The miCSE loss compares at least two layers, and the model has {config.Layers}: take the method SimCse.");
        }

        var layers = options.Layers ?? LayerRange.Default(config.Layers);
        layers.Validate(config.Layers);
        return layers;
    }
}
