using System.Globalization;
using MiCse.Checkpoints;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using TorchSharp;

namespace MiCse.Training;

/// <summary>A training in progress: the model, the optimiser, how far they are, and the best weights so far.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingModel _model;
    private readonly AdamW _optimizer;
    private readonly LinearSchedule _schedule;
    private readonly TrainingFolder _folder;
    private TrainingState _state;
    private IReadOnlyList<NamedWeight> _best = [];
    private int? _savedStep;
    private string? _warning;

    private TrainingRun(TrainingPlan plan, ModelFolder folder, Tokenizer tokenizer, TrainingFolder output)
    {
        Tokenizer = tokenizer;
        _folder = output;
        _state = new TrainingState { Plan = plan, Threads = plan.Options.Threads ?? torch.get_num_threads() };
        using (var checkpoint = folder.OpenCheckpoint())
        {
            _model = new TrainingModel(EncoderWeights.From(checkpoint, folder.Config), tokenizer, plan.Options, new Randomness(plan.Options.Seed));
        }

        _optimizer = new AdamW(_model.Parameters, plan.Options.WeightDecay);
        _schedule = new LinearSchedule(plan.Options.LearningRate, plan.Steps, plan.Options.WarmupSteps);
    }

    public TrainingPlan Plan => _state.Plan;

    public Tokenizer Tokenizer { get; }

    /// <summary>Steps done.</summary>
    public int Step => _state.Step;

    /// <summary>Processor threads: what the options say, else as many as the run before the resumption had, else all.</summary>
    public int Threads => _state.Threads;

    public IReadOnlyList<TrainingScore> Scores => _state.Scores;

    public TrainingScore? Best => _state.Best;

    /// <summary>The encoder's best weights, or the last when nothing was selected.</summary>
    public IReadOnlyList<NamedWeight> BestWeights => Best is null ? _model.CopyEncoder() : _best;

    /// <exception cref="ModelFormatException">The model does not load, or the checkpoint belongs to another training.</exception>
    public static TrainingRun StartOrResume(TrainingPlan plan, ModelFolder model, Tokenizer tokenizer, TrainingFolder folder)
    {
        var run = new TrainingRun(plan, model, tokenizer, folder);
        try
        {
            if (TrainingCheckpoint.OpenLast(folder.Checkpoint) is { } checkpoint)
            {
                using (checkpoint)
                {
                    run.Resume(checkpoint);
                }
            }

            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Forward, backward, clip, optimise.</summary>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is not finite; the weights are as before.</exception>
    public StepMeasures TakeStep(TwoViewBatch batch, IReadOnlyList<int> examples)
    {
        using var scope = torch.NewDisposeScope();
        var loss = _model.Loss(batch, Step);
        var measures = new StepMeasures(
            loss.Total.ToDouble(),
            loss.Contrastive.ToDouble(),
            loss.MutualInformation?.ToDouble(),
            loss.MaskedLanguageModel?.ToDouble(),
            GradientNorm: 0,
            _schedule.At(Step));
        RequireFinite("loss", measures.Loss, measures, examples);
        _model.ClearGradients();
        loss.Total.backward();
        var norm = GradientClipping.Clip(_model.Parameters.Select(named => named.Parameter), Plan.Options.MaxGradientNorm);
        RequireFinite("gradient", norm, measures, examples);
        _optimizer.Step(measures.LearningRate);
        _state = _state with { Step = Step + 1, Last = measures with { GradientNorm = norm } };
        return _state.Last;
    }

    /// <summary>Evaluates when this step's turn has come and it was not done yet; keeps the weights if they are the best.</summary>
    public TrainingScore? EvaluateIfDue(TrainingEvaluation? evaluation, HeldOutEvaluation? heldOut, CancellationToken cancellationToken)
    {
        var due = Step > 0 && (Step % Plan.Options.EvaluateEvery == 0 || Step == Plan.Steps);
        if ((evaluation is null && heldOut is null) || !due || Scores.Any(score => score.Step == Step))
        {
            return null;
        }

        var score = new TrainingScore(
            Step,
            evaluation?.Invoke(texts => _model.Encode(texts, cancellationToken), cancellationToken),
            heldOut?.Measure(_model, cancellationToken));
        _state = _state with { Scores = [.. Scores, score] };
        if (score.IsBetterThan(Best, Plan.Options.Selection!.Value))
        {
            _best = _model.CopyEncoder();
            _state = _state with { Best = score };
        }

        return score;
    }

    /// <summary>Saves a checkpoint when this step's turn has come, and after the last step.</summary>
    public bool SaveIfDue()
    {
        var due = Step % Plan.Options.SaveEvery == 0 || Step == Plan.Steps;
        if (due)
        {
            Save();
        }

        return due;
    }

    /// <summary>Saves a checkpoint unless this step has one.</summary>
    public void Save()
    {
        TrainingCheckpoint.Save(_folder.Checkpoint, _state, _model.Weights, _optimizer.Moments, _best);
        _savedStep = Step;
    }

    public TrainingEvent Report(StepMeasures measures, TrainingScore? score, bool saved, TrainingPace pace)
    {
        var warning = _warning;
        _warning = null;
        return new TrainingEvent
        {
            Step = Step,
            Steps = Plan.Steps,
            Loss = measures.Loss,
            ContrastiveLoss = measures.ContrastiveLoss,
            AttentionMutualInformation = measures.AttentionMutualInformation,
            MaskedLanguageModelLoss = measures.MaskedLanguageModelLoss,
            GradientNorm = measures.GradientNorm,
            LearningRate = measures.LearningRate,
            TokensPerSecond = pace.TokensPerSecond,
            TimeLeft = pace.TimeFor(Plan.Steps - Step),
            Score = score?.Score,
            HeldOut = score?.HeldOut,
            IsBest = score is not null && score == Best,
            CheckpointSaved = saved,
            Warning = warning,
        };
    }

    public TrainingResult Result() => new()
    {
        Folder = _folder.Path,
        Steps = Step,
        Loss = _state.Last!.Loss,
        ContrastiveLoss = _state.Last.ContrastiveLoss,
        AttentionMutualInformation = _state.Last.AttentionMutualInformation,
        Scores = Scores,
        Best = Best,
    };

    public void Dispose() => _model.Dispose();

    private void Resume(TrainingCheckpoint checkpoint)
    {
        var differences = checkpoint.State.Plan.DifferencesTo(Plan);
        if (differences.Count > 0)
        {
            throw new ModelFormatException(
                checkpoint.Path, $"belongs to another training, and resuming would mix the two: {string.Join("; ", differences)}");
        }

        _model.Load(checkpoint.Weights);
        _optimizer.Resume(checkpoint.State.Step, checkpoint.Moments);
        _best = checkpoint.Best;
        _state = checkpoint.State with { Plan = Plan, Threads = Plan.Options.Threads ?? checkpoint.State.Threads };
        _savedStep = Step;
        _warning = Threads == checkpoint.State.Threads
            ? null
            : $"Resumed with {Count(Threads)} what was trained with {Count(checkpoint.State.Threads)}: the weights may differ in their last bits from those of an uninterrupted training.";

        static string Count(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
    }

    private void RequireFinite(string what, double value, StepMeasures measures, IReadOnlyList<int> examples)
    {
        if (double.IsFinite(value))
        {
            return;
        }

        var rate = measures.LearningRate.ToString("G3", CultureInfo.InvariantCulture);
        var named = string.Join(", ", examples.Take(10)) + (examples.Count > 10 ? ", …" : "");
        var saved = _savedStep is { } step ? $"the checkpoint of step {step} is kept" : "no checkpoint was saved yet";
        throw new TrainingDivergedException(
            Step + 1,
            examples,
            $"Training stopped at step {Step + 1}: the {what} is {value.ToString(CultureInfo.InvariantCulture)} at learning rate {rate} "
            + $"(examples {named} of the data); lower the learning rate or look at these texts ({saved}).");
    }
}
