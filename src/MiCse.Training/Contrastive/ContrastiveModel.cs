using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Contrastive;

/// <summary>From a batch to the miCSE loss: encoder, head, and the terms of the loss.</summary>
internal sealed class ContrastiveModel(TrainableModel model, Tokenizer tokenizer, TrainingOptions options, IReadOnlyList<Pooling> poolings, Randomness randomness, TorchContext context)
{

    /// <summary>The loss of a batch, with the sampling and masking of one step.</summary>
    public MiCseLoss Loss(TwoViewBatch batch, long step)
    {
        var mask = batch.Tokens.MaskTensor(context);
        var (projections, output) = Views(batch, mask);
        return MiCseLoss.Sum(
            Contrastive(projections),
            MutualInformation(output, batch, step),
            MaskedLanguageModel(batch.Tokens, mask, Mask(batch.Tokens, step)),
            options.Alpha,
            options.Lambda,
            options.MaskedLanguageModelWeight);
    }

    /// <summary>1 for tokens, 0 for padding. [sequences, tokens]</summary>
    public Tensor MaskOf(TwoViewBatch batch) => batch.Tokens.MaskTensor(context);

    /// <summary>The views of a batch as the training head makes them, [examples, sequences, hidden], and what the encoder gave for them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mask">Its mask as a tensor.</param>
    public (Tensor Projections, EncoderOutput Output) Views(TwoViewBatch batch, Tensor mask)
    {
        var output = Forward(batch.Tokens, mask, options.Layers);
        return (PerExample(Project(Embed(output, mask)), batch), output);
    }

    /// <summary>
    /// The views of a batch that is not trained on, with dropout that depends on the batch's index alone: embeddings and what the training
    /// head makes of them, each [examples, sequences, hidden], and their exact attention mutual information.
    /// </summary>
    public (Tensor Embeddings, Tensor Projections, Tensor? MutualInformation) HeldOutViews(TwoViewBatch batch, int index)
    {
        manual_seed(randomness.SeedFor(RandomPurpose.HeldOutDropout, index));
        var mask = batch.Tokens.MaskTensor(context);
        var depth = model.Encoder.Config.Layers;
        var layers = options.Layers ?? (depth < 2 ? null : LayerRange.Default(depth));
        var output = Forward(batch.Tokens, mask, layers);
        var embeddings = Embed(output, mask); // [sequences, dimensions]
        return (
            PerExample(embeddings, batch),
            PerExample(Project(embeddings), batch),
            layers is null ? null : AttentionMutualInformation.Exact(output.AttentionMaps, batch.SequencesPerExample));
    }

    /// <summary>InfoNCE of projected sequences, [examples, sequences, hidden], with hard negatives where there are three.</summary>
    public Tensor Contrastive(Tensor sequences) => ContrastiveLoss.Compute(
        sequences.select(1, 0),
        sequences.select(1, 1),
        sequences.shape[1] == 3 ? sequences.select(1, 2) : null,
        options.Temperature,
        options.HardNegativeWeight);

    private EncoderOutput Forward(TokenBatch tokens, Tensor mask, LayerRange? attentionLayers) =>
        model.Encoder.Forward(tokens.IdTensor(context), mask, attentionLayers, TensorPooling.NeedsHiddenStates(poolings));

    private Tensor Embed(EncoderOutput output, Tensor mask)
    {
        var pooled = TensorPooling.Pool(output, mask, poolings); // [sequences, poolings · hidden]
        return model.Chain?.Forward(pooled) ?? pooled; // [sequences, dimensions]
    }

    private Tensor Project(Tensor embeddings) => model.Projection?.Forward(embeddings) ?? embeddings; // [sequences, hidden]

    private static Tensor PerExample(Tensor sequences, TwoViewBatch batch) =>
        sequences.unflatten(0, [-1, batch.SequencesPerExample]); // [examples, sequences, hidden]

    /// <summary>The attention mutual information of a batch; null when it takes no part.</summary>
    /// <param name="output">What the encoder gave for the batch.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Which positions are sampled: the step, or the slice of all steps.</param>
    public Tensor? MutualInformation(EncoderOutput output, TwoViewBatch batch, long number)
    {
        if (options.Method == TrainingMethod.SimCse)
        {
            return null;
        }

        if (options.Estimator == MutualInformationEstimator.Exact)
        {
            return AttentionMutualInformation.Exact(output.AttentionMaps, batch.SequencesPerExample);
        }

        using var generator = new Generator((ulong)randomness.SeedFor(RandomPurpose.AttentionSampling, number), context.Device);
        return AttentionMutualInformation.Sampled(output.AttentionMaps, generator, batch.SequencesPerExample);
    }

    /// <summary>The tokens of a step's batch that are masked; null when nothing is to be predicted.</summary>
    public MaskedTokens? Mask(TokenBatch tokens, long step) =>
        model.Words is null ? null : MaskedTokens.From(tokens, tokenizer, randomness.SequenceFor(RandomPurpose.Masking, step));

    /// <summary>The masked-language-model loss of a batch; null when it takes no part.</summary>
    public Tensor? MaskedLanguageModel(TokenBatch tokens, Tensor mask, MaskedTokens? masked)
    {
        if (model.Words is null || masked is null)
        {
            return null;
        }

        var hidden = model.Encoder.Forward(tokens.ToTensor(masked.Ids, context), mask).LastHiddenState; // [sequences, tokens, hidden]
        return model.Words.Loss(hidden, masked.Labels, context);
    }
}
