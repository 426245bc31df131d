using System.Globalization;
using MiCse.Files;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Training.Optimization;
using TorchSharp;

namespace MiCse.Training;

/// <summary>
/// A training in progress, whatever it minimises: the weights, the optimiser, how far they are, and the loop around them. A subclass
/// knows the loss, what is measured, and who hears of it.
/// </summary>
internal abstract class TrainingRun<TOptions, TMeasures, TScore> : IDisposable
    where TOptions : class, ITrainingOptions
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    private const int StepsBetweenReturns = 20;

    private readonly TrainedModules _modules;
    private readonly AdamW _optimizer;
    private readonly LinearSchedule _schedule;
    private readonly TrainingFolder _folder;
    private TrainingState<TOptions, TMeasures, TScore> _state;
    private int? _savedStep;
    private string? _warning;

    protected TrainingRun(TrainingPlan<TOptions> plan, TrainedModules modules, TrainingFolder folder)
    {
        _modules = modules;
        _folder = folder;
        _optimizer = new AdamW(modules.Parameters, plan.Options.WeightDecay);
        _schedule = new LinearSchedule(plan.Options.LearningRate, plan.Steps, plan.Options.WarmupSteps);
        _state = new TrainingState<TOptions, TMeasures, TScore> { Plan = plan, Threads = plan.Options.Threads ?? torch.get_num_threads() };
    }

    public TrainingPlan<TOptions> Plan => _state.Plan;

    public TOptions Options => Plan.Options;

    /// <summary>Steps done.</summary>
    public int Step => _state.Step;

    /// <summary>What the last step measured; null before the first.</summary>
    public TMeasures? Last => _state.Last;

    public IReadOnlyList<TScore> Scores => _state.Scores;

    /// <summary>The learning rate of the next step.</summary>
    protected double LearningRate => _schedule.At(Step);

    /// <summary>Weights that an evaluation was good enough to keep; they are saved with every checkpoint.</summary>
    protected IReadOnlyList<NamedWeight> Kept { get; set; } = [];

    /// <summary>Processor threads: what the options say, else as many as the run before the resumption had, else all.</summary>
    private int Threads => _state.Threads;

    /// <summary>Goes on from the checkpoint in the folder, or from the beginning when there is none.</summary>
    /// <exception cref="ModelFormatException">The checkpoint belongs to another training or is broken.</exception>
    public void Resume()
    {
        using var checkpoint = TrainingCheckpoint<TrainingState<TOptions, TMeasures, TScore>>.OpenLast(_folder.Checkpoint);
        if (checkpoint is null)
        {
            return;
        }

        var differences = checkpoint.State.Plan.DifferencesTo(Plan);
        if (differences.Count > 0)
        {
            throw new ModelFormatException(
                checkpoint.Path, $"belongs to another training, and resuming would mix the two: {string.Join("; ", differences)}");
        }

        _modules.Load(checkpoint.Weights);
        _optimizer.Resume(checkpoint.State.Step, checkpoint.Moments);
        Kept = checkpoint.Kept;
        _state = checkpoint.State with { Plan = Plan, Threads = Options.Threads ?? checkpoint.State.Threads };
        _savedStep = Step;
        _warning = Threads == checkpoint.State.Threads
            ? null
            : $"Resumed with {Count(Threads)} what was trained with {Count(checkpoint.State.Threads)}: the weights may differ in their last bits from those of an uninterrupted training.";

        static string Count(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
    }

    /// <summary>Trains to the last step.</summary>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is not finite; the weights are as before.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; there is a checkpoint of the step.</exception>
    public void Run(TimeProvider time, CancellationToken cancellationToken)
    {
        using var threads = new ThreadCount(Threads);
        var pace = new TrainingPace(time);
        try
        {
            EvaluateIfDue(cancellationToken); // One that was cut off before the checkpoint this run goes on from.
            while (Step < Plan.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TakeStep(pace);
                var score = EvaluateIfDue(cancellationToken);
                var saved = SaveIfDue();
                if (Step % StepsBetweenReturns == 0)
                {
                    FreedMemory.Return();
                }

                Report(pace, score, saved, _warning);
                _warning = null;
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
    }

    public void Dispose() => _modules.Dispose();

    /// <summary>Computes the loss of the step's batch, passes it to <see cref="Descend"/> and counts its tokens.</summary>
    protected abstract TMeasures Learn(TrainingPace pace);

    /// <summary>Evaluates the weights as they are; null when there is nothing to evaluate on.</summary>
    protected abstract TScore? Evaluate(CancellationToken cancellationToken);

    /// <summary>Looks at an evaluation that was just added to <see cref="Scores"/>.</summary>
    protected virtual void Judge(TScore score)
    {
    }

    /// <summary>Tells the caller of a step.</summary>
    protected abstract void Report(TrainingPace pace, TScore? score, bool saved, string? warning);

    /// <summary>Backward, clip, optimise.</summary>
    /// <param name="loss">What is minimised.</param>
    /// <param name="examples">The examples of the batch, for the message when this goes wrong.</param>
    /// <returns>The norm of the gradient before clipping.</returns>
    protected double Descend(torch.Tensor loss, IReadOnlyList<int> examples)
    {
        RequireFinite("loss", loss.ToDouble(), examples);
        _modules.ClearGradients();
        loss.backward();
        var norm = GradientClipping.Clip(_modules.Parameters.Select(named => named.Parameter), Options.MaxGradientNorm);
        RequireFinite("gradient", norm, examples);
        _optimizer.Step(LearningRate);
        return norm;
    }

    private void TakeStep(TrainingPace pace)
    {
        using var scope = torch.NewDisposeScope();
        var measures = Learn(pace);
        _state = _state with { Step = Step + 1, Last = measures };
    }

    /// <summary>Evaluates when this step's turn has come and it was not done yet.</summary>
    private TScore? EvaluateIfDue(CancellationToken cancellationToken)
    {
        var due = Step > 0 && (Step % Options.EvaluateEvery == 0 || Step == Plan.Steps);
        if (!due || Scores.Any(score => score.Step == Step) || Evaluate(cancellationToken) is not { } score)
        {
            return null;
        }

        _state = _state with { Scores = [.. Scores, score] };
        Judge(score);
        return score;
    }

    /// <summary>Saves a checkpoint when this step's turn has come, and after the last step.</summary>
    private bool SaveIfDue()
    {
        var due = Step % Options.SaveEvery == 0 || Step == Plan.Steps;
        if (due)
        {
            Save();
        }

        return due;
    }

    /// <summary>Saves a checkpoint unless this step has one.</summary>
    private void Save()
    {
        TrainingCheckpoint<TrainingState<TOptions, TMeasures, TScore>>.Save(
            _folder.Checkpoint, Step, _state, _modules.Weights, _optimizer.Moments, Kept);
        _savedStep = Step;
    }

    private void RequireFinite(string what, double value, IReadOnlyList<int> examples)
    {
        if (double.IsFinite(value))
        {
            return;
        }

        var rate = LearningRate.ToString("G3", CultureInfo.InvariantCulture);
        var named = string.Join(", ", examples.Take(10)) + (examples.Count > 10 ? ", …" : "");
        var saved = _savedStep is { } step ? $"the checkpoint of step {step} is kept" : "no checkpoint was saved yet";
        throw new TrainingDivergedException(
            Step + 1,
            examples,
            $"Training stopped at step {Step + 1}: the {what} is {value.ToString(CultureInfo.InvariantCulture)} at learning rate {rate} "
            + $"(examples {named} of the data); lower the learning rate or look at these texts ({saved}).");
    }
}
