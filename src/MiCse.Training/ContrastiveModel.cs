using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Vectors;
using MiCse.Weights;
using static TorchSharp.torch;

namespace MiCse.Training;

/// <summary>The encoder with the heads that its training needs: from a batch to the loss, and from texts to embeddings.</summary>
internal sealed class ContrastiveModel : IDisposable
{
    private readonly EncoderModule _encoder;
    private readonly ProjectionHead? _projection;
    private readonly MaskedLanguageModelHead? _words;
    private readonly TextEncoding _texts;
    private readonly Tokenizer _tokenizer;
    private readonly TrainingOptions _options;
    private readonly Randomness _randomness;

    /// <summary>Takes the encoder's weights from a checkpoint, its projection and masked-language-model heads too if it has them; else they are fresh.</summary>
    public ContrastiveModel(Checkpoint checkpoint, EncoderShape config, Tokenizer tokenizer, TrainingOptions options, Randomness randomness)
    {
        _tokenizer = tokenizer;
        _options = options;
        _randomness = randomness;
        var weights = EncoderWeights.From(checkpoint, config);
        manual_seed(randomness.SeedFor(RandomPurpose.Initialization));
        _encoder = new EncoderModule(config, options.HiddenDropout!.Value, options.AttentionDropout!.Value, options.Precision);
        _projection = options.Pooling == Models.Pooling.ClsBeforePooler ? new ProjectionHead(config, options.Precision) : null;
        _words = options.MaskedLanguageModelWeight > 0 ? new MaskedLanguageModelHead(config, _encoder, options.Precision) : null;
        CheckpointLoading.Load(_encoder, weights);
        if (_projection is not null && weights.HasProjectionHead)
        {
            CheckpointLoading.Load(_projection, weights);
        }

        if (_words is not null && MaskedLanguageModelWeights.Find(checkpoint, config) is { } words)
        {
            CheckpointLoading.Load(_words, words);
        }

        _texts = new TextEncoding(_encoder, tokenizer, Pooling, options.MaxTokens);
        Modules = new TrainedModules([.. new nn.Module?[] { _encoder, _projection, _words }.OfType<nn.Module>()], options.Freeze);
    }

    /// <summary>Everything that is trained.</summary>
    public TrainedModules Modules { get; }

    private Pooling Pooling => _options.Pooling!.Value;

    /// <summary>A copy of the encoder's weights without the heads.</summary>
    public IReadOnlyList<NamedWeight> CopyEncoder() => [.. CheckpointLoading.Export(_encoder)];

    /// <summary>The loss of a batch, with the dropout, sampling and masking of one step.</summary>
    public MiCseLoss Loss(TwoViewBatch batch, long step)
    {
        manual_seed(_randomness.SeedFor(RandomPurpose.Dropout, step));
        var tokens = batch.Tokens;
        var mask = tokens.MaskTensor();
        var output = Forward(tokens, mask, _options.Layers);
        return MiCseLoss.Sum(
            Contrastive(PerExample(Project(TensorPooling.Pool(output, mask, Pooling)), batch)),
            MutualInformation(output, batch, step),
            MaskedLanguageModel(tokens, mask, step),
            _options.Alpha,
            _options.Lambda,
            _options.MaskedLanguageModelWeight);
    }

    /// <summary>
    /// The views of a batch that is not trained on, with dropout that depends on the batch's index alone: embeddings and what the training
    /// head makes of them, each [examples, sequences, hidden], and their exact attention mutual information.
    /// </summary>
    public (Tensor Embeddings, Tensor Projections, Tensor? MutualInformation) HeldOutViews(TwoViewBatch batch, int index)
    {
        manual_seed(_randomness.SeedFor(RandomPurpose.HeldOutDropout, index));
        var mask = batch.Tokens.MaskTensor();
        var depth = _encoder.Config.Layers;
        var layers = _options.Layers ?? (depth < 2 ? null : LayerRange.Default(depth));
        var output = Forward(batch.Tokens, mask, layers);
        var embeddings = TensorPooling.Pool(output, mask, Pooling); // [sequences, hidden]
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
        _options.Temperature,
        _options.HardNegativeWeight);

    /// <summary>Texts → embeddings without dropout and head, in input order.</summary>
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken) => _texts.Encode(texts, cancellationToken);

    public void Dispose() => Modules.Dispose();

    private EncoderOutput Forward(TokenBatch tokens, Tensor mask, LayerRange? attentionLayers) =>
        _encoder.Forward(tokens.IdTensor(), mask, attentionLayers, TensorPooling.NeedsHiddenStates(Pooling));

    private Tensor Project(Tensor embeddings) => _projection?.Forward(embeddings) ?? embeddings; // [sequences, hidden]

    private static Tensor PerExample(Tensor sequences, TwoViewBatch batch) =>
        sequences.unflatten(0, [-1, batch.SequencesPerExample]); // [examples, sequences, hidden]

    private Tensor? MutualInformation(EncoderOutput output, TwoViewBatch batch, long step)
    {
        if (_options.Method == TrainingMethod.SimCse)
        {
            return null;
        }

        if (_options.Estimator == MutualInformationEstimator.Exact)
        {
            return AttentionMutualInformation.Exact(output.AttentionMaps, batch.SequencesPerExample);
        }

        using var generator = new Generator((ulong)_randomness.SeedFor(RandomPurpose.AttentionSampling, step));
        return AttentionMutualInformation.Sampled(output.AttentionMaps, generator, batch.SequencesPerExample);
    }

    private Tensor? MaskedLanguageModel(TokenBatch tokens, Tensor mask, long step)
    {
        if (_words is null)
        {
            return null;
        }

        var masked = MaskedTokens.From(tokens, _tokenizer, _randomness.SequenceFor(RandomPurpose.Masking, step));
        var labels = tensor(masked.Labels, [tokens.Count, tokens.Length]); // [sequences, tokens]
        return _words.Loss(_encoder.Forward(tokens.ToTensor(masked.Ids), mask).LastHiddenState, labels);
    }
}
