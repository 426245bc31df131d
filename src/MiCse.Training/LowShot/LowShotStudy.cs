using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Training.Contrastive;
using MiCse.Training.Loop;

namespace MiCse.Training.LowShot;

/// <summary>
/// The low-shot study of the paper on any base model: trains it for every number of sentences, seed and arm, scores what comes out, and compares
/// the arms. The outcome depends on options, model and data alone. Thread-safe.
/// </summary>
public sealed class LowShotStudy
{
    private readonly ModelFolder _model;
    private readonly LowShotData _data;
    private readonly LowShotEvaluation _evaluation;
    private readonly LowShotOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Prepares a study.</summary>
    /// <param name="model">The base model that every training starts from.</param>
    /// <param name="data">The sentences, opened for the same numbers and seeds as in the options.</param>
    /// <param name="evaluation">The tasks.</param>
    /// <param name="options">What is trained; checked when the study runs.</param>
    /// <param name="time">The clock that the time left is measured with; null takes the system's.</param>
    public LowShotStudy(ModelFolder model, LowShotData data, LowShotEvaluation evaluation, LowShotOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _data, _evaluation, _options, _time) = (model, data, evaluation, options, time ?? TimeProvider.System);
    }

    /// <summary>Trains and scores every cell that is not done yet. Everything is checked before the first training starts.</summary>
    /// <param name="folder">
    /// The study's folder. Each cell that is done is written there, so that an interrupted study continues where it was, and a later one with
    /// more numbers of sentences, seeds or arms trains only what is new.
    /// </param>
    /// <param name="progress">Receives every training step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps; the training in progress continues from there in the next run.</param>
    /// <exception cref="ArgumentException">The options are out of range or do not fit the model.</exception>
    /// <exception cref="ModelFormatException">The model, or the checkpoint of an interrupted training, cannot be used.</exception>
    /// <exception cref="DataFormatException">A cell in the folder was trained with other options, or STS Benchmark's development set is missing.</exception>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    /// <exception cref="TrainingDivergedException">The loss of a training is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LowShotReport Run(string folder, IProgress<LowShotProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var cells = Prepare();
        var selection = cells.Any(cell => cell.Setup.Plan.Evaluated) ? _evaluation.Selection() : null;
        var output = new LowShotFolder(folder);
        output.Acquire();
        var first = cells[0].Setup;
        var views = new ViewAgreement(_evaluation.HeldOutSentences(), _options.Training);
        var untrained = new UntrainedRecord { ModelSha256 = first.Plan.ModelSha256, Pooling = first.Options.Pooling!.Value, Scores = [] };
        var before = output.FindUntrained(untrained, _evaluation.Tasks);
        var records = cells.Select(cell => output.Find(cell.Cell, cell.Setup.Plan, _evaluation.Tasks)).ToArray();
        if (before is null)
        {
            before = untrained with { Scores = Score(_model.Path, cancellationToken).Tasks, Views = views.Measure(_model.Path, cancellationToken) };
            output.Write(before);
        }

        var steps = cells.ConvertAll(cell => (long)cell.Setup.Options.Steps!.Value);
        var reports = progress is null ? null : new CellProgress(progress, _time, cells.Count, steps.Sum());
        var done = steps.Where((_, index) => records[index] is not null).Sum();
        foreach (var (index, (cell, setup)) in cells.Index())
        {
            if (records[index] is null)
            {
                reports?.Start(cell, index + 1, done);
                records[index] = Train(cell, setup, views, output, selection, reports, cancellationToken);
                done += steps[index];
            }
        }

        return LowShotReport.Of(
            first.Plan.Model,
            _data.Name,
            new TaskScores(before.Scores),
            before.Views,
            [.. cells.Zip(records, (cell, record) => record!.ToResult(cell.Cell, cell.Setup.Options))]);
    }

    private List<(LowShotCell Cell, ContrastiveSetup Setup)> Prepare()
    {
        _options.Validate();
        var tokenizer = FolderTokenizer.Load(_model);
        var cells = new List<(LowShotCell Cell, ContrastiveSetup Setup)>();
        string? hash = null;
        foreach (var cell in _options.Cells)
        {
            var options = _options.For(cell);
            var setup = ContrastiveSetup.For(options, _model, tokenizer, _data[cell.Shots, cell.Seed], IsEvaluated(options), hash);
            if (cell.Arm.SelfRanking is { } ranking)
            {
                setup.Plan.Options[nameof(LowShotArm.SelfRanking)] = ranking;
            }

            cells.Add((cell, setup));
            hash = setup.Plan.ModelSha256;
        }

        return cells;
    }

    private CellRecord Train(
        LowShotCell cell,
        ContrastiveSetup setup,
        ViewAgreement views,
        LowShotFolder output,
        TrainingEvaluation? selection,
        CellProgress? progress,
        CancellationToken cancellationToken)
    {
        var folder = output.ModelFolder(cell);
        var best = TrainModel(cell, setup.Options, folder, selection, progress, cancellationToken);
        var record = new CellRecord
        {
            Plan = setup.Plan,
            Scores = Score(folder, cancellationToken).Tasks,
            Best = best,
            Views = views.Measure(folder, cancellationToken),
        };
        output.Write(cell, record);
        if (!_options.KeepModels)
        {
            output.DeleteModel(cell);
        }

        return record;
    }

    private TrainingScore? TrainModel(
        LowShotCell cell, TrainingOptions options, string folder, TrainingEvaluation? selection, CellProgress? progress, CancellationToken cancellationToken)
    {
        try
        {
            if (cell.Arm.SelfRanking is { } weight)
            {
                return SelfRanking.Train(weight, options, _model, _data[cell.Shots, cell.Seed], folder, selection, _time, progress, cancellationToken);
            }

            return new Trainer(_options.For(cell), _time) { CanExtend = false }.Train(
                _model, _data[cell.Shots, cell.Seed], folder, selection, new TrainingFolder(folder).HasCheckpoint, progress, cancellationToken).Best;
        }
        catch (TrainingDivergedException diverged)
        {
            throw new TrainingDivergedException(diverged.Step, diverged.Examples, $"{cell}: {diverged.Message}");
        }
    }

    private TaskScores Score(string folder, CancellationToken cancellationToken)
    {
        using var encoder = SentenceEncoder.Load(
            folder, new SentenceEncoderOptions { Pooling = _options.Training.Pooling, Threads = _options.Training.Threads });
        return _evaluation.Score((texts, token) => encoder.Encode(texts, null, token).Embeddings, cancellationToken);
    }

    // Scores are looked at when they choose the weights; to watch a training they are not worth their time.
    private static bool IsEvaluated(TrainingOptions options) => options.Selection == CheckpointSelection.Score;
}
