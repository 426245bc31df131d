using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using TorchSharp;

namespace MiCse.Training;

/// <summary>A contrastive training in progress: its batches, the miCSE loss, and the best weights so far.</summary>
internal sealed class ContrastiveRun : TrainingRun<TrainingOptions, StepMeasures, TrainingScore>
{
    private readonly ContrastiveModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly TrainingFolder _folder;
    private readonly TrainingData _data;
    private readonly BatchSampler _sampler;
    private readonly HeldOutEvaluation? _heldOut;
    private readonly TrainingEvaluation? _evaluation;
    private readonly IProgress<TrainingEvent>? _progress;

    private ContrastiveRun(
        TrainingPlan<TrainingOptions> plan,
        ContrastiveModel model,
        Tokenizer tokenizer,
        TrainingFolder folder,
        TrainingData data,
        TrainingEvaluation? evaluation,
        IProgress<TrainingEvent>? progress)
        : base(plan, model.Modules, folder)
    {
        (_model, _tokenizer, _folder, _data, _evaluation, _progress) = (model, tokenizer, folder, data, evaluation, progress);
        _sampler = new BatchSampler(
            data.Count, plan.Options.BatchSize, new Randomness(plan.Options.Seed), plan.Options.LikeLength ? data.Lengths(tokenizer, plan.Options.MaxTokens) : null);
        _heldOut = HeldOutEvaluation.Of(data.HeldOut, tokenizer, plan.Options);
    }

    /// <summary>The evaluation whose weights are kept; null when none are because no selection was asked for.</summary>
    public TrainingScore? Best => Scores.Aggregate(
        (TrainingScore?)null, (best, score) => score.IsBetterThan(best, Options.Selection!.Value) ? score : best);

    /// <summary>The encoder's best weights, or the last when nothing was selected.</summary>
    public IReadOnlyList<NamedWeight> BestWeights => Best is null ? _model.CopyEncoder() : Kept;

    /// <exception cref="ModelFormatException">The model does not load.</exception>
    public static ContrastiveRun Start(
        TrainingPlan<TrainingOptions> plan,
        ModelFolder model,
        Tokenizer tokenizer,
        TrainingFolder folder,
        TrainingData data,
        TrainingEvaluation? evaluation,
        IProgress<TrainingEvent>? progress)
    {
        using var checkpoint = model.OpenCheckpoint();
        var trained = new ContrastiveModel(checkpoint, model.Config, tokenizer, plan.Options, new Randomness(plan.Options.Seed));
        return new ContrastiveRun(plan, trained, tokenizer, folder, data, evaluation, progress);
    }

    public TrainingResult Result() => new()
    {
        Folder = _folder.Path,
        Steps = Step,
        Loss = Last!.Loss,
        ContrastiveLoss = Last.ContrastiveLoss,
        AttentionMutualInformation = Last.AttentionMutualInformation,
        Scores = Scores,
        Best = Best,
    };

    protected override StepMeasures Learn(TrainingPace pace)
    {
        var examples = _data.Indices(_sampler.Batch(Step).Span);
        var batch = TwoViewBatch.From(_data.Corpus.Select(examples), _tokenizer, Options.MaxTokens);
        var loss = _model.Loss(batch, Step);
        var measures = new StepMeasures(
            loss.Total.ToDouble(),
            loss.Contrastive.ToDouble(),
            loss.MutualInformation?.ToDouble(),
            loss.MaskedLanguageModel?.ToDouble(),
            GradientNorm: 0,
            LearningRate);
        var norm = Descend(loss.Total, examples);
        pace.Count(batch.TokenCount);
        return measures with { GradientNorm = norm };
    }

    protected override TrainingScore? Evaluate(CancellationToken cancellationToken) =>
        _evaluation is null && _heldOut is null
            ? null
            : new TrainingScore(
                Step,
                _evaluation?.Invoke(texts => _model.Encode(texts, cancellationToken), cancellationToken),
                _heldOut?.Measure(_model, cancellationToken));

    protected override void Judge(TrainingScore score)
    {
        if (score == Best)
        {
            Kept = _model.CopyEncoder();
        }
    }

    protected override void Report(TrainingPace pace, TrainingScore? score, bool saved, string? warning) => _progress?.Report(new TrainingEvent
    {
        Step = Step,
        Steps = Plan.Steps,
        Loss = Last!.Loss,
        ContrastiveLoss = Last.ContrastiveLoss,
        AttentionMutualInformation = Last.AttentionMutualInformation,
        MaskedLanguageModelLoss = Last.MaskedLanguageModelLoss,
        GradientNorm = Last.GradientNorm,
        LearningRate = Last.LearningRate,
        TokensPerSecond = pace.TokensPerSecond,
        TimeLeft = pace.TimeFor(Plan.Steps - Step),
        Score = score?.Score,
        HeldOut = score?.HeldOut,
        IsBest = score is not null && score == Best,
        CheckpointSaved = saved,
        Warning = warning,
    });
}
