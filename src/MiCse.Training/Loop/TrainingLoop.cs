using System.Globalization;
using MiCse.Files;
using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Native;
using MiCse.Training.Optimization;
using TorchSharp;

namespace MiCse.Training.Loop;

/// <summary>
/// Training, whatever the objective: batch, loss, backward, clip, step, evaluate, checkpoint, report. The same seed gives the same bits, resumed or not.
/// </summary>
internal sealed class TrainingLoop<TMeasures, TScore> : IDisposable
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    private const int StepsBetweenReturns = 20;

    /// <summary>A GPU computes behind this program's back, and whoever reads a number waits for it: so often that is done.</summary>
    private const int StepsBetweenReadings = 20;

    private readonly ITrainingObjective<TMeasures, TScore> _objective;
    private readonly ITrainingOptions _options;
    private readonly TrainingPlan _plan;
    private readonly TrainingFolder _folder;
    private readonly Randomness _randomness;
    private readonly AdamW _optimizer;
    private readonly LearningRate _rate;
    private readonly ICollective _ranks;
    private IReadOnlyList<Tensors.Tensor> _bestWeights = [];
    private int? _savedStep;
    private string? _warning;
    private double _norm; // of the last gradient that was read
    private bool _mustStop;

    public TrainingLoop(
        ITrainingObjective<TMeasures, TScore> objective, TrainingPlan plan, ITrainingOptions options, TrainingFolder folder, ICollective? ranks = null)
    {
        (_objective, _options, _plan, _folder, _randomness) = (objective, options, plan, folder, new Randomness(options.Seed));
        ReadsEveryStep = objective.Model.IsOnCpu;
        _ranks = ranks ?? SingleProcess.Instance;
        _optimizer = new AdamW(objective.Model.Parameters, options.WeightDecay);
        _rate = new LearningRate(options.LearningRate, options.Steps, options.WarmupSteps, options.Schedule);
        State = new TrainingState<TMeasures, TScore> { Plan = TrainingJson.ToNode(plan), Threads = options.Threads ?? torch.get_num_threads() };
    }

    /// <summary>Whether loss and gradient are looked at after every step: on the CPU, where nothing waits for them.</summary>
    public bool ReadsEveryStep { get; init; }

    /// <summary>How far it is.</summary>
    public TrainingState<TMeasures, TScore> State { get; private set; }

    /// <summary>The encoder's weights of the best evaluation, or as they are when there is no best.</summary>
    public IReadOnlyList<Tensors.Tensor> BestWeights => State.Best is null ? _objective.Model.CopyEncoder() : _bestWeights;

    /// <summary>
    /// Continues from the checkpoint in the folder, or starts from the beginning when there is none. With more steps than before, the learning rate
    /// goes on as in a training that had them from the start.
    /// </summary>
    /// <exception cref="ModelFormatException">The checkpoint belongs to another training or is broken.</exception>
    public void Resume()
    {
        using var checkpoint = TrainingCheckpoint<TrainingState<TMeasures, TScore>>.OpenLast(_folder.Checkpoint);
        if (checkpoint is null)
        {
            return;
        }

        var saved = checkpoint.State;
        var differences = TrainingPlan.Differences(saved.Plan, State.Plan, _plan.Extensible);
        if (differences.Count > 0)
        {
            throw new ModelFormatException(
                checkpoint.Path, $"belongs to another training, and resuming would mix the two: {string.Join("; ", differences)}");
        }

        if (saved is not { Step: >= 0, Threads: >= 1, Tokens: >= 0, Padding: >= 0 } || saved.Step > _options.Steps || saved.Scores.Any(score => score is null))
        {
            throw new ModelFormatException(checkpoint.Path, "is damaged: it counts what no training counts; delete it and train again");
        }

        checkpoint.Restore(_objective.Model, _optimizer, saved.Step);
        _bestWeights = checkpoint.BestWeights;
        _savedStep = saved.Step;
        var before = TrainingPlan.StepsOf(saved.Plan);
        State = saved with
        {
            Plan = State.Plan,
            Threads = _options.Threads ?? (_options.Slices == 1 ? saved.Threads : State.Threads), // as many ranks as before, or others
            Extensions = before == _options.Steps ? saved.Extensions : [.. saved.Extensions ?? [], new ScheduleExtension(saved.Step, before, _options.Steps)],
        };
        _warning = State.Threads == saved.Threads || _ranks.Count > 1
            ? null
            : $"Resumed with {Count(State.Threads)} what was trained with {Count(saved.Threads)}: the weights may differ in their last bits from those of an uninterrupted training.";

        static string Count(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
    }

    /// <summary>
    /// Brings all ranks to the state of rank 0, which alone resumes from a checkpoint; before that they must have the same plan and start from the same weights. Does nothing for a training by itself.
    /// </summary>
    /// <exception cref="RankFailureException">Ranks differ, or the checkpoint cannot be used.</exception>
    public void Join()
    {
        if (_ranks.Count > 1)
        {
            var sharing = SharedCores.Ranks(_ranks);
            State = State with { Threads = _options.Threads ?? Math.Max(1, torch.get_num_threads() / sharing) };
            SameStart.Require(_ranks, State.Plan, _options.SaveEvery, _objective.Model.Weights);
        }

        _ranks.OnFirst(Resume);
        if (_ranks.Count > 1 && StateSharing.FromFirst(_ranks, State with { Threads = 0 }) is { Step: > 0 } state)
        {
            State = state with { Threads = State.Threads };
            StateSharing.FromFirst(_ranks, _objective.Model, _optimizer, State.Step);
            _savedStep = State.Step;
        }
    }

    /// <summary>Trains to the last step.</summary>
    /// <param name="time">The clock that rates are measured with.</param>
    /// <param name="report">Receives every step; null for no reports.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is not finite; the weights are as before.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; there is a checkpoint of the step.</exception>
    public void Run(TimeProvider time, Action<StepReport<TMeasures, TScore>>? report, CancellationToken cancellationToken)
    {
        using var threads = new ThreadCount(State.Threads);
        var pace = new TrainingPace(time);
        try
        {
            _mustStop = false;
            EvaluateIfDue(cancellationToken); // One that was interrupted before the checkpoint that this run continues from.
            while (State.Step < _options.Steps)
            {
                ThrowIfStopped(cancellationToken);
                var rate = _rate.At(State.Step);
                pace.Count(_options.Slices == 1 ? TakeStep(rate) : TakeSlicedStep(rate, cancellationToken));
                var score = EvaluateIfDue(cancellationToken);
                var saved = SaveIfDue();
                if (State.Step % StepsBetweenReturns == 0)
                {
                    FreedMemory.Return();
                }

                report?.Invoke(new StepReport<TMeasures, TScore>(
                    State, _options.Steps, _norm, rate, pace.TokensPerSecond, pace.TimeFor(_options.Steps - State.Step), score, saved, _warning));
                _warning = null;
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
    }

    /// <summary>Releases the optimizer's state; the objective is the caller's.</summary>
    public void Dispose() => _optimizer.Dispose();

    /// <summary>Batch, loss, backward, clip, step.</summary>
    /// <returns>The tokens of the batch.</returns>
    private int TakeStep(double rate)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(_randomness.SeedFor(RandomPurpose.Dropout, State.Step));
        var step = _objective.ComputeStep(State.Step);
        var reads = IsReadBack(State.Step + 1);
        if (reads)
        {
            RequireFinite("loss", step.Loss.ToDouble(), rate, step.Examples);
        }

        _objective.Model.ClearGradients();
        step.Loss.backward();
        var norm = GradientClipping.Clip(_objective.Model.Parameters.Select(named => named.Parameter), _options.MaxGradientNorm);
        if (reads)
        {
            _norm = norm.Read();
            RequireFinite("gradient", _norm, rate, step.Examples);
        }

        _optimizer.Step(rate);
        Count(reads ? step.Measure() : State.Last, step.Tokens, step.Padding);
        return step.Tokens;
    }

    /// <summary>Whether loss and gradient of a step are looked at.</summary>
    private bool IsReadBack(int step) =>
        ReadsEveryStep || State.Last is null || step % StepsBetweenReadings == 0 || step == _options.Steps || step % _options.EvaluateEvery == 0 || step % _options.SaveEvery == 0;

    /// <summary>The same, with a batch that goes through the model in slices, on this rank and others.</summary>
    private int TakeSlicedStep(double rate, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var step = new SlicedStep<TMeasures, TScore>(_objective, _ranks, _randomness, _options.Slices, State.Step).Compute(cancellationToken.IsCancellationRequested);
        RequireFinite("loss", step.Loss, rate, step.Examples);
        _norm = GradientClipping.Clip(_objective.Model.Parameters.Select(named => named.Parameter), _options.MaxGradientNorm).Read();
        RequireFinite("gradient", _norm, rate, step.Examples);

        _optimizer.Step(rate);
        Count(step.Measures, step.Tokens, step.Padding);
        _mustStop = step.Stop;
        return step.Tokens;
    }

    private void Count(TMeasures? measures, int tokens, int padding) => State = State with
    {
        Step = State.Step + 1,
        Tokens = State.Tokens + tokens,
        Padding = State.Padding + padding,
        Last = measures,
    };

    /// <summary>Ranks stop after the same step: when one that stops has told the others.</summary>
    private void ThrowIfStopped(CancellationToken cancellationToken)
    {
        if (_ranks.Count == 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        else if (_mustStop)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Evaluates when this step's turn has come and it was not done yet, and keeps the weights if they are the best so far.</summary>
    private TScore? EvaluateIfDue(CancellationToken cancellationToken)
    {
        var due = State.Step > 0 && (State.Step % _options.EvaluateEvery == 0 || State.Step == _options.Steps);
        if (!due || State.Scores.Any(score => score.Step == State.Step)
            || StateSharing.FromFirst(_ranks, _ranks.OnFirst(() => _objective.Evaluate(State.Step, cancellationToken))) is not { } score)
        {
            return null;
        }

        State = State with { Scores = [.. State.Scores, score] };
        if (_objective.IsBetter(score, State.Best))
        {
            State = State with { Best = score };
            _bestWeights = _ranks.Rank == 0 ? _objective.Model.CopyEncoder() : [];
        }

        return score;
    }

    /// <summary>Saves a checkpoint when this step's turn has come, and after the last step.</summary>
    private bool SaveIfDue()
    {
        var due = State.Step % _options.SaveEvery == 0 || State.Step == _options.Steps;
        if (due)
        {
            Save();
        }

        return due;
    }

    /// <summary>Saves a checkpoint unless this step has one.</summary>
    /// <exception cref="TrainingDivergedException">A weight is not finite: such a checkpoint is good for nothing.</exception>
    private void Save()
    {
        _ranks.OnFirst(() =>
        {
            FiniteWeights.Require(_objective.Model.Weights, State.Step, _savedStep);
            TrainingCheckpoint<TrainingState<TMeasures, TScore>>.Save(
                _folder.Checkpoint, State.Step, State, _objective.Model.Weights, _optimizer.State, _bestWeights);
        });
        _savedStep = State.Step;
    }

    private void RequireFinite(string what, double value, double rate, IReadOnlyList<int> examples)
    {
        if (double.IsFinite(value))
        {
            return;
        }

        var step = State.Step + 1;
        var named = string.Join(", ", examples.Take(10)) + (examples.Count > 10 ? ", …" : "");
        var saved = _savedStep is { } kept ? $"the checkpoint of step {kept} is kept" : "no checkpoint was saved yet";
        var since = ReadsEveryStep ? "" : $", or has been since one of the {StepsBetweenReadings - 1} steps before, which a GPU is not asked about";
        throw _ranks.Agreed(new TrainingDivergedException(step, examples, string.Create(
            CultureInfo.InvariantCulture,
            $"Training stopped at step {step}: the {what} is {value} at learning rate {rate:G3}{since} (examples {named} of the data); lower the learning rate or look at these texts ({saved}).")));
    }
}
