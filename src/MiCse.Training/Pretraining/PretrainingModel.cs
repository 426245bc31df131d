using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using MiCse.Vectors;
using MiCse.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Pretraining;

/// <summary>The encoder with a head that guesses hidden words; the words' scores come from the word embeddings themselves.</summary>
internal sealed class PretrainingModel : IDisposable
{
    private readonly EncoderModule _encoder;
    private readonly MaskedLanguageModelHead _words;
    private readonly TextEncoding _texts;
    private readonly Randomness _randomness;

    /// <summary>Takes the weights from a checkpoint; the head is fresh if it has none.</summary>
    /// <exception cref="ModelFormatException">The checkpoint does not fit the configuration.</exception>
    public PretrainingModel(Checkpoint checkpoint, EncoderShape config, Tokenizer tokenizer, PretrainingOptions options)
    {
        _randomness = new Randomness(options.Seed);
        manual_seed(_randomness.SeedFor(RandomPurpose.Initialization));
        _encoder = new EncoderModule(config, options.HiddenDropout!.Value, options.AttentionDropout!.Value, options.Precision);
        _words = new MaskedLanguageModelHead(config, _encoder, options.Precision);
        CheckpointLoading.Load(_encoder, EncoderWeights.From(checkpoint, config));
        if (MaskedLanguageModelWeights.Find(checkpoint, config) is { } head)
        {
            CheckpointLoading.Load(_words, head);
        }

        _texts = new TextEncoding(_encoder, tokenizer, options.Pooling, options.MaxTokens!.Value);
        Modules = new TrainedModules([_encoder, _words]);
    }

    /// <summary>Everything that is trained.</summary>
    public TrainedModules Modules { get; }

    /// <summary>The encoder's weights as they are.</summary>
    public IEnumerable<NamedWeight> EncoderWeightsNow => CheckpointLoading.Export(_encoder);

    /// <summary>The head's weights as they are.</summary>
    public IEnumerable<NamedWeight> HeadWeightsNow => CheckpointLoading.Export(_words);

    /// <summary>Mean cross-entropy of the hidden tokens, with the dropout of one step.</summary>
    public Tensor Loss(MaskedBatch batch, long step)
    {
        manual_seed(_randomness.SeedFor(RandomPurpose.Dropout, step));
        return Loss(batch);
    }

    /// <summary>Mean cross-entropy of the hidden tokens of all batches together, without dropout.</summary>
    public double Measure(IEnumerable<MaskedBatch> batches, CancellationToken cancellationToken)
    {
        var (sum, count) = (0.0, 0);
        _encoder.eval();
        try
        {
            using var inference = inference_mode();
            foreach (var batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                sum += Loss(batch).ToDouble() * batch.HiddenCount;
                count += batch.HiddenCount;
            }
        }
        finally
        {
            _encoder.train();
        }

        return sum / count;
    }

    /// <summary>Texts → embeddings without dropout, in input order.</summary>
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken) => _texts.Encode(texts, cancellationToken);

    public void Dispose() => Modules.Dispose();

    private Tensor Loss(MaskedBatch batch) =>
        _words.Loss(_encoder.Forward(batch.Ids(), batch.Tokens.MaskTensor()).LastHiddenState, batch.Labels());
}
