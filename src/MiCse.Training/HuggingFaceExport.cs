using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Training.Model;
using MiCse.Training.Pretraining;
using MiCse.Weights;

namespace MiCse.Training;

/// <summary>
/// Writes what was trained as a Hugging Face folder: the encoder, a masked-language-model head if that was what was trained, the pooler of
/// the model it started from (if it had one), its tokenizer, the pooling, and a model card.
/// </summary>
internal static class HuggingFaceExport
{
    /// <summary>Writes the best weights of a contrastive training, without its heads.</summary>
    /// <exception cref="IOException">The folder cannot be written; the checkpoint is kept.</exception>
    public static void Write(ContrastiveRun run, ModelFolder source, TrainingFolder folder, CancellationToken cancellationToken) => Write(
        source,
        folder,
        run.BestWeights,
        content => content with { Pooling = run.Options.Pooling!.Value, ModelCard = ModelCard.Write(run.Plan, run.Scores, run.Best, source.License) },
        cancellationToken);

    /// <summary>Writes the last weights of a pretraining, with the head.</summary>
    /// <exception cref="IOException">The folder cannot be written; the checkpoint is kept.</exception>
    public static void Write(PretrainingRun run, ModelFolder source, TrainingFolder folder, CancellationToken cancellationToken) => Write(
        source,
        folder,
        run.EncoderWeights,
        content => content with
        {
            MaskedLanguageModelHead = run.HeadWeights.Select(Content),
            Pooling = run.Options.Pooling,
            ModelCard = PretrainingCard.Write(run.Plan, run.Last!, run.Scores, source.License),
        },
        cancellationToken);

    private static void Write(
        ModelFolder source,
        TrainingFolder folder,
        IEnumerable<NamedWeight> encoder,
        Func<ModelContent, ModelContent> complete,
        CancellationToken cancellationToken)
    {
        using (var checkpoint = source.OpenCheckpoint())
        {
            var content = new ModelContent
            {
                Config = source.Config,
                Weights = [.. encoder.Select(Content), .. Pooler(EncoderWeights.From(checkpoint, source.Config))],
                TokenizerFolder = source.TransformerPath,
                MaxTokens = source.MaxTokens,
            };
            ModelFolderWriter.Write(folder.Export, complete(content), overwrite: true, cancellationToken);
        }

        folder.Finish();
    }

    private static Tensor Content(NamedWeight weight) => Tensor.From(weight.Name, weight.Shape, weight.Values);

    private static IEnumerable<Tensor> Pooler(EncoderWeights weights) =>
        weights.HasPooler
            ? [weights[WeightNames.Pooler.Weight].WithName(WeightNames.Pooler.Weight), weights[WeightNames.Pooler.Bias].WithName(WeightNames.Pooler.Bias)]
            : [];
}
