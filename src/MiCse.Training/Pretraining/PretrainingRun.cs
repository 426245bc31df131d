using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using TorchSharp;

namespace MiCse.Training.Pretraining;

/// <summary>A pretraining in progress: its batches, the loss of hidden words, and the loss on held-out texts.</summary>
internal sealed class PretrainingRun : TrainingRun<PretrainingOptions, PretrainingMeasures, PretrainingScore>
{
    private readonly PretrainingModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly TrainingFolder _folder;
    private readonly PretrainingData _data;
    private readonly LengthSampler _sampler;
    private readonly Randomness _randomness;
    private readonly List<MaskedBatch> _heldOut;
    private readonly TrainingEvaluation? _evaluation;
    private readonly IProgress<PretrainingEvent>? _progress;

    private PretrainingRun(
        TrainingPlan<PretrainingOptions> plan,
        PretrainingModel model,
        Tokenizer tokenizer,
        TrainingFolder folder,
        PretrainingData data,
        TrainingEvaluation? evaluation,
        IProgress<PretrainingEvent>? progress)
        : base(plan, model.Modules, folder)
    {
        (_model, _tokenizer, _folder, _data, _evaluation, _progress) = (model, tokenizer, folder, data, evaluation, progress);
        _randomness = new Randomness(plan.Options.Seed);
        _sampler = data.Sampler(plan.Options);
        _heldOut = HeldOutBatches(data.HeldOut);
    }

    public IEnumerable<NamedWeight> EncoderWeights => _model.EncoderWeightsNow;

    public IEnumerable<NamedWeight> HeadWeights => _model.HeadWeightsNow;

    /// <exception cref="ModelFormatException">The model does not load.</exception>
    public static PretrainingRun Start(
        TrainingPlan<PretrainingOptions> plan,
        ModelFolder model,
        Tokenizer tokenizer,
        TrainingFolder folder,
        PretrainingData data,
        TrainingEvaluation? evaluation,
        IProgress<PretrainingEvent>? progress)
    {
        using var checkpoint = model.OpenCheckpoint();
        var trained = new PretrainingModel(checkpoint, model.Config, tokenizer, plan.Options);
        return new PretrainingRun(plan, trained, tokenizer, folder, data, evaluation, progress);
    }

    public PretrainingResult Result() => new()
    {
        Folder = _folder.Path,
        Pooling = Options.Pooling,
        Steps = Step,
        Tokens = Last!.Tokens,
        PaddingShare = Last.PaddingShare,
        Loss = Last.Loss,
        Scores = Scores,
    };

    protected override PretrainingMeasures Learn(TrainingPace pace)
    {
        var rows = _sampler.Batch(Step).ToArray();
        var batch = Mask(rows.Select(row => _data.Sequences[row]), RandomPurpose.Masking, Step);
        var loss = _model.Loss(batch, Step);
        var norm = Descend(loss, _data.ExamplesOf(rows));
        var tokens = batch.TokenCount;
        pace.Count(tokens);
        return new PretrainingMeasures(
            loss.ToDouble(),
            norm,
            LearningRate,
            (Last?.Tokens ?? 0) + tokens,
            (Last?.Padding ?? 0) + batch.Tokens.Ids.Length - tokens);
    }

    protected override PretrainingScore? Evaluate(CancellationToken cancellationToken) =>
        _evaluation is null && _heldOut.Count == 0
            ? null
            : new PretrainingScore(
                Step,
                _heldOut.Count == 0 ? null : _model.Measure(_heldOut, cancellationToken),
                _evaluation?.Invoke(texts => _model.Encode(texts, cancellationToken), cancellationToken));

    protected override void Report(TrainingPace pace, PretrainingScore? score, bool saved, string? warning) => _progress?.Report(new PretrainingEvent
    {
        Step = Step,
        Steps = Plan.Steps,
        Loss = Last!.Loss,
        GradientNorm = Last.GradientNorm,
        LearningRate = Last.LearningRate,
        Tokens = Last.Tokens,
        PaddingShare = Last.PaddingShare,
        TokensPerSecond = pace.TokensPerSecond,
        TimeLeft = pace.TimeFor(Plan.Steps - Step),
        Score = score,
        CheckpointSaved = saved,
        Warning = warning,
    });

    /// <summary>The same tokens are hidden at each evaluation, so that two losses differ by the weights alone.</summary>
    private List<MaskedBatch> HeldOutBatches(IReadOnlyList<int[]> sequences)
    {
        var batches = new List<MaskedBatch>();
        if (sequences.Count > 0)
        {
            var sampler = new LengthSampler([.. sequences.Select(ids => ids.Length)], Options.BatchTokens, _randomness);
            for (var index = 0; index < sampler.BatchesPerEpoch; index++)
            {
                batches.Add(Mask(sampler.Batch(index).ToArray().Select(row => sequences[row]), RandomPurpose.HeldOutMasking, index));
            }
        }

        return batches;
    }

    private MaskedBatch Mask(IEnumerable<int[]> sequences, RandomPurpose purpose, int index) =>
        MaskedBatch.From([.. sequences], _tokenizer, _randomness.SequenceFor(purpose, index), Options.WholeWords);
}
