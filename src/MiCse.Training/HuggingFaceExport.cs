using MiCse.Checkpoints;

namespace MiCse.Training;

/// <summary>
/// Writes what was trained as a Hugging Face folder: the encoder without the training heads, the pooler of the model it started from (if
/// it had one), its tokenizer, the pooling, and a model card.
/// </summary>
internal static class HuggingFaceExport
{
    /// <exception cref="IOException">The folder cannot be written; the checkpoint is kept.</exception>
    public static void Write(ContrastiveRun run, ModelFolder source, TrainingFolder folder, CancellationToken cancellationToken)
    {
        using (var checkpoint = source.OpenCheckpoint())
        {
            var content = new ModelContent
            {
                Config = source.Config,
                Weights =
                [
                    .. run.BestWeights.Select(weight => TensorContent.From(weight.Name, weight.Shape, weight.Values)),
                    .. Pooler(EncoderWeights.From(checkpoint, source.Config)),
                ],
                TokenizerFolder = source.TransformerPath,
                Pooling = run.Plan.Options.Pooling,
                MaxTokens = source.MaxTokens,
                ModelCard = ModelCard.Write(run.Plan, run.Scores, run.Best, source.License),
            };
            ModelFolderWriter.Write(folder.Export, content, overwrite: true, cancellationToken);
        }

        folder.Finish();
    }

    private static IEnumerable<TensorContent> Pooler(EncoderWeights weights) =>
        weights.HasPooler
            ? [TensorContent.From(weights[WeightNames.Pooler.Weight], WeightNames.Pooler.Weight), TensorContent.From(weights[WeightNames.Pooler.Bias], WeightNames.Pooler.Bias)]
            : [];
}
