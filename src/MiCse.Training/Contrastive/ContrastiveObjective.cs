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

namespace MiCse.Training.Contrastive;

/// <summary>Contrastive training: batches of two views, the miCSE loss, scores on labelled data and measures on held-out examples.</summary>
internal sealed class ContrastiveObjective : ITrainingObjective<ContrastiveMeasures, TrainingScore>
{
    private readonly ContrastiveSetup _setup;
    private readonly Tokenizer _tokenizer;
    private readonly BatchSampler _sampler;
    private readonly ContrastiveModel _views;
    private readonly TextEncoding _texts;
    private readonly HeldOutEvaluation? _heldOut;
    private readonly TrainingEvaluation? _evaluation;

    /// <exception cref="ModelFormatException">The model does not load.</exception>
    public ContrastiveObjective(Checkpoint checkpoint, EncoderShape config, Tokenizer tokenizer, ContrastiveSetup setup, TrainingEvaluation? evaluation)
    {
        (_setup, _tokenizer, _evaluation) = (setup, tokenizer, evaluation);
        var (options, data) = (setup.Options, setup.Data);
        var randomness = new Randomness(options.Seed);
        var context = TorchContext.On(options.Device, options.Precision);
        manual_seed(randomness.SeedFor(RandomPurpose.Initialization));
        Model = TrainableModel.Load(
            checkpoint,
            config,
            context,
            options.HiddenDropout!.Value,
            options.AttentionDropout!.Value,
            projection: options.Pooling == Pooling.ClsBeforePooler && !ChainModule.IsTrained(setup.Chain),
            words: options.MaskedLanguageModelWeight > 0,
            chain: ChainModule.IsTrained(setup.Chain) ? (setup.Chain.Modules, setup.ModuleWeights) : null);
        Model.Freeze(options.Freeze);
        _sampler = new BatchSampler(
            data.Count, options.BatchSize, randomness, options.GroupByLength ? data.Lengths(tokenizer, options.MaxTokens) : null);
        _views = new ContrastiveModel(Model, tokenizer, options, setup.Chain.Poolings, randomness, context);
        _texts = new TextEncoding(
            Model.Encoder, Model.Chain, setup.Chain.Poolings, text => tokenizer.Tokenize(text, options.MaxTokens), tokenizer.SpecialTokens.Padding, context);
        _heldOut = HeldOutEvaluation.Of(data.HeldOut, tokenizer, options);
    }

    /// <inheritdoc/>
    public TrainableModel Model { get; }

    /// <inheritdoc/>
    public StepLoss<ContrastiveMeasures> ComputeStep(int step)
    {
        var examples = _setup.Data.Indices(_sampler.Batch(step).Span);
        var batch = TwoViewBatch.From(_setup.Data.Corpus.Select(examples), _tokenizer, _setup.Options.MaxTokens);
        var loss = _views.Loss(batch, step);
        return new StepLoss<ContrastiveMeasures>(loss.Total, Measure, examples, batch.TokenCount, batch.Tokens.Ids.Length - batch.TokenCount);

        ContrastiveMeasures Measure() => new(
            loss.Total.ToDouble(),
            loss.Contrastive.ToDouble(),
            loss.MutualInformation?.ToDouble(),
            loss.MaskedLanguageModel?.ToDouble());
    }

    /// <inheritdoc/>
    public ISlicedBatch<ContrastiveMeasures> Slice(int step, int slices) => new ContrastiveSlices(
        _setup, _tokenizer, _views, _setup.Data.Indices(_sampler.Batch(step).Span), Model.Encoder.Config.HiddenSize, step, slices);

    /// <inheritdoc/>
    public TrainingScore? Evaluate(int step, CancellationToken cancellationToken) =>
        _evaluation is null && _heldOut is null
            ? null
            : new TrainingScore(
                step,
                _evaluation?.Invoke(texts => _texts.Encode(texts, cancellationToken), cancellationToken),
                _heldOut?.Measure(_views, _texts, cancellationToken));

    /// <inheritdoc/>
    public bool IsBetter(TrainingScore score, TrainingScore? best) => score.IsBetterThan(best, _setup.Options.Selection!.Value);

    /// <summary>Without the heads of the training.</summary>
    public ModelContent Export(ModelContent content, TrainingState<ContrastiveMeasures, TrainingScore> state, string? license) => content with
    {
        Chain = _setup.Chain,
        ModelCard = ContrastiveCard.Write(_setup.Plan, _setup.Options, state, license),
    };

    /// <summary>Releases the model.</summary>
    public void Dispose() => Model.Dispose();
}

/// <summary>What one step measured; see <see cref="TrainingEvent"/> for the meaning.</summary>
internal sealed record ContrastiveMeasures(double Loss, double ContrastiveLoss, double? AttentionMutualInformation, double? MaskedLanguageModelLoss);
