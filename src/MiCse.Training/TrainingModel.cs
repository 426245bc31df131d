using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Vectors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training;

/// <summary>The encoder with the heads that its training needs: from a batch to the loss, and from texts to embeddings.</summary>
internal sealed class TrainingModel : IDisposable
{
    private const int TextsPerBatch = 64;

    private readonly BertEncoder _encoder;
    private readonly ProjectionHead? _projection;
    private readonly MaskedLanguageModelHead? _words;
    private readonly Tokenizer _tokenizer;
    private readonly TrainingOptions _options;
    private readonly Randomness _randomness;

    /// <summary>Takes the encoder's weights from a checkpoint, its projection head too if there is one; other heads are fresh.</summary>
    public TrainingModel(EncoderWeights weights, Tokenizer tokenizer, TrainingOptions options, Randomness randomness)
    {
        _tokenizer = tokenizer;
        _options = options;
        _randomness = randomness;
        var config = weights.Config;
        manual_seed(randomness.SeedFor(RandomPurpose.Initialization));
        _encoder = new BertEncoder(config, options.HiddenDropout!.Value, options.AttentionDropout!.Value, options.Precision);
        _projection = options.Pooling == Inference.Pooling.ClsBeforePooler ? new ProjectionHead(config, options.Precision) : null;
        _words = options.MaskedLanguageModelWeight > 0 ? new MaskedLanguageModelHead(config, _encoder, options.Precision) : null;
        CheckpointLoading.Load(_encoder, weights);
        if (_projection is not null && weights.HasProjectionHead)
        {
            CheckpointLoading.Load(_projection, weights);
        }

        Parameters = [.. Modules.SelectMany(module => module.named_parameters())];
    }

    /// <summary>Everything that is trained, under its checkpoint name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>The weights of encoder and heads as they are when they are written.</summary>
    public IEnumerable<TensorContent> Weights => Parameters.Select(named =>
        new TensorContent(named.Name, TensorType.Float32, named.Parameter.shape, stream => stream.Write(named.Parameter.bytes)));

    private IEnumerable<nn.Module> Modules => new nn.Module?[] { _encoder, _projection, _words }.OfType<nn.Module>();

    /// <summary>A copy of the encoder's weights without the heads.</summary>
    public IReadOnlyList<NamedWeight> CopyEncoder() => [.. CheckpointLoading.Export(_encoder)];

    /// <summary>Puts back what <see cref="Weights"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, CheckpointTensor> weights)
    {
        foreach (var module in Modules)
        {
            CheckpointLoading.Load(module, weights);
        }
    }

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ClearGradients()
    {
        foreach (var module in Modules)
        {
            module.zero_grad();
        }
    }

    /// <summary>The loss of a batch, with the dropout, sampling and masking of one step.</summary>
    public MiCseLoss Loss(TwoViewBatch batch, long step)
    {
        manual_seed(_randomness.SeedFor(RandomPurpose.Dropout, step));
        var tokens = batch.Tokens;
        var mask = Matrix(tokens.Mask, tokens);
        var output = Forward(tokens, mask, _options.Layers);
        return MiCseLoss.Sum(
            Contrastive(PerExample(Project(TensorPooling.Pool(output, mask, _options.Pooling)), batch)),
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
        var mask = Matrix(batch.Tokens.Mask, batch.Tokens);
        var depth = _encoder.Config.Layers;
        var layers = _options.Layers ?? (depth < 2 ? null : LayerRange.Default(depth));
        var output = Forward(batch.Tokens, mask, layers);
        var embeddings = TensorPooling.Pool(output, mask, _options.Pooling); // [sequences, hidden]
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
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var sequences = texts.Select(text => _tokenizer.Tokenize(text, _options.MaxTokens).Ids).ToArray();
        var embeddings = new EmbeddingMatrix(texts.Count, _encoder.Config.HiddenSize);
        _encoder.eval();
        try
        {
            using var inference = inference_mode();
            foreach (var rows in Enumerable.Range(0, texts.Count).OrderBy(row => sequences[row].Length).Chunk(TextsPerBatch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var tokens = new TokenBatch([.. rows.Select(row => sequences[row])], _tokenizer.SpecialTokens.Padding);
                var mask = Matrix(tokens.Mask, tokens);
                var output = Forward(tokens, mask, null);
                var pooled = MemoryMarshal.Cast<byte, float>(TensorPooling.Pool(output, mask, _options.Pooling).contiguous().bytes);
                for (var index = 0; index < rows.Length; index++)
                {
                    pooled.Slice(index * embeddings.Dimensions, embeddings.Dimensions).CopyTo(embeddings[rows[index]]);
                }
            }
        }
        finally
        {
            _encoder.train();
        }

        return embeddings;
    }

    public void Dispose()
    {
        foreach (var module in Modules)
        {
            module.Dispose();
        }
    }

    private EncoderOutput Forward(TokenBatch tokens, Tensor mask, LayerRange? attentionLayers) =>
        _encoder.Forward(Matrix(tokens.Ids, tokens), mask, attentionLayers, TensorPooling.NeedsHiddenStates(_options.Pooling));

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
        return _words.Loss(_encoder.Forward(Matrix(masked.Ids, tokens), mask).LastHiddenState, labels);
    }

    private static Tensor Matrix(int[] values, TokenBatch tokens) =>
        tensor(values, [tokens.Count, tokens.Length], ScalarType.Int64); // [sequences, tokens]
}
