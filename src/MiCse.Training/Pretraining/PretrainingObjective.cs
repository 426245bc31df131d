using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Pretraining;

/// <summary>Masked language modelling: batches of similar length, cross-entropy of the masked tokens, and the same on held-out texts.</summary>
internal sealed class PretrainingObjective : ITrainingObjective<PretrainingMeasures, PretrainingScore>
{
    private readonly PretrainingSetup _setup;
    private readonly Tokenizer _tokenizer;
    private readonly TorchContext _context;
    private readonly Randomness _randomness;
    private readonly LengthSampler _sampler;
    private readonly TextEncoding _texts;
    private readonly List<MaskedBatch> _heldOut;
    private readonly TrainingEvaluation? _evaluation;

    /// <exception cref="ModelFormatException">The model does not load.</exception>
    public PretrainingObjective(Checkpoint checkpoint, EncoderShape config, Tokenizer tokenizer, PretrainingSetup setup, TrainingEvaluation? evaluation)
    {
        (_setup, _tokenizer, _evaluation) = (setup, tokenizer, evaluation);
        var options = setup.Options;
        _context = TorchContext.On(options.Device, options.Precision);
        _randomness = new Randomness(options.Seed);
        manual_seed(_randomness.SeedFor(RandomPurpose.Initialization));
        Model = TrainableModel.Load(
            checkpoint, config, _context, options.HiddenDropout!.Value, options.AttentionDropout!.Value, words: true);
        _texts = new TextEncoding(
            Model.Encoder, modules: null, [options.Pooling], text => tokenizer.Tokenize(text, options.MaxTokens!.Value), tokenizer.SpecialTokens.Padding, _context);
        _sampler = setup.Data.Sampler(options);
        _heldOut = HeldOutBatches(setup.Data.HeldOut);
    }

    /// <inheritdoc/>
    public TrainableModel Model { get; }

    /// <inheritdoc/>
    public StepLoss<PretrainingMeasures> ComputeStep(int step)
    {
        var (rows, batch) = Batch(step);
        var loss = Loss(batch);
        return new StepLoss<PretrainingMeasures>(
            loss, () => new PretrainingMeasures(loss.ToDouble()), _setup.Data.ExamplesOf(rows), batch.TokenCount, batch.Tokens.Ids.Length - batch.TokenCount);
    }

    /// <inheritdoc/>
    public ISlicedBatch<PretrainingMeasures> Slice(int step, int slices)
    {
        var (rows, batch) = Batch(step);
        return new PretrainingSlices(this, batch, _setup.Data.ExamplesOf(rows), slices);
    }

    /// <inheritdoc/>
    public PretrainingScore? Evaluate(int step, CancellationToken cancellationToken) =>
        _evaluation is null && _heldOut.Count == 0
            ? null
            : new PretrainingScore(
                step,
                _heldOut.Count == 0 ? null : LossWithoutDropout(_heldOut, cancellationToken),
                _evaluation?.Invoke(texts => _texts.Encode(texts, cancellationToken), cancellationToken));

    /// <summary>With the head that predicts masked tokens.</summary>
    public ModelContent Export(ModelContent content, TrainingState<PretrainingMeasures, PretrainingScore> state, string? license) => content with
    {
        MaskedLanguageModelHead = CheckpointLoading.Export(Model.Words!),
        // Modules with weights of their own were made for the encoder as it was.
        Chain = EmbeddingChain.Of(_setup.Options.Pooling, content.Chain.IsNormalized),
        ModelCard = PretrainingCard.Write(_setup.Plan, _setup.Options, state, license),
    };

    /// <summary>Mean cross-entropy of the masked tokens of a batch.</summary>
    public Tensor Loss(MaskedBatch batch) =>
        Model.Words!.Loss(Model.Encoder.Forward(batch.Ids(_context), batch.Tokens.MaskTensor(_context)).LastHiddenState, batch.Labels, _context);

    /// <summary>Mean cross-entropy of the masked tokens of all batches together, without dropout.</summary>
    public double LossWithoutDropout(IEnumerable<MaskedBatch> batches, CancellationToken cancellationToken)
    {
        var (sum, count) = (0.0, 0);
        Model.Encoder.eval();
        try
        {
            using var inference = inference_mode();
            foreach (var batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                sum += Loss(batch).ToDouble() * batch.MaskedCount;
                count += batch.MaskedCount;
            }
        }
        finally
        {
            Model.Encoder.train();
        }

        return sum / count;
    }

    /// <summary>Releases the model.</summary>
    public void Dispose() => Model.Dispose();

    private (int[] Rows, MaskedBatch Batch) Batch(int step)
    {
        var rows = _sampler.Batch(step).ToArray();
        return (rows, Mask(rows.Select(row => _setup.Data.Sequences[row]), RandomPurpose.Masking, step));
    }

    /// <summary>The same tokens are masked at each evaluation, so that two losses differ by the weights alone.</summary>
    private List<MaskedBatch> HeldOutBatches(IReadOnlyList<int[]> sequences)
    {
        var batches = new List<MaskedBatch>();
        if (sequences.Count > 0)
        {
            var sampler = new LengthSampler([.. sequences.Select(ids => ids.Length)], _setup.Options.BatchTokens, _randomness);
            for (var index = 0; index < sampler.BatchesPerEpoch; index++)
            {
                batches.Add(Mask(sampler.Batch(index).ToArray().Select(row => sequences[row]), RandomPurpose.HeldOutMasking, index));
            }
        }

        return batches;
    }

    private MaskedBatch Mask(IEnumerable<int[]> sequences, RandomPurpose purpose, int index) =>
        MaskedBatch.From([.. sequences], _tokenizer, _randomness.SequenceFor(purpose, index), _setup.Options.WholeWords);
}

/// <summary>What one step measured; see <see cref="PretrainingEvent"/> for the meaning.</summary>
internal sealed record PretrainingMeasures(double Loss);
