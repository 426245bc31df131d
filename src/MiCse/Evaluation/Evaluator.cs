using Microsoft.Extensions.AI;
using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Evaluation;

/// <summary>
/// Scores an encoder on SentEval's tasks. The files are read once, at construction; every run encodes each distinct sentence once, and
/// keeps an embedding only until the last task that needs it is scored. Immutable, so that runs may overlap.
/// </summary>
public sealed class Evaluator
{
    private const int BatchSize = 512;

    private readonly IReadOnlyList<EvaluationStage> _stages;
    private readonly EvaluatorOptions _options;

    /// <summary>Reads the tasks; those whose files are not there will be listed in <see cref="EvaluationReport.Missing"/>.</summary>
    /// <param name="folder">SentEval's downstream folder: it holds STS/, SICK/, MR/ and so on.</param>
    /// <param name="tasks">The tasks, for example from <see cref="EvaluationTask.Select"/>.</param>
    /// <param name="options">Split, folds, bootstrap.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">A file that is there is not what SentEval makes; file and line are named.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Evaluator(string folder, IEnumerable<EvaluationTask> tasks, EvaluatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"{folder}: there is no such folder; expected SentEval's downstream folder, which holds STS, SICK, MR and so on.");
        }

        _options = options ?? new EvaluatorOptions();
        _options.Validate();
        var settings = _options.For((tasks as TaskSelection)?.Split ?? EvaluationSplit.Test);
        var found = tasks.Select(task => (Task: task, File: task.MissingFile(folder, settings.Split))).ToLookup(task => task.File is null);
        Missing = [.. found[false].Select(task => new MissingTask(task.Task.Name, task.File!))];
        _stages = EvaluationStage.Plan([.. found[true].Select(task => task.Task.Load(folder, settings))]);
        SentenceCount = _stages.Sum(stage => stage.NewSentences.Count);
    }

    /// <summary>Distinct sentences that a run encodes.</summary>
    public int SentenceCount { get; }

    /// <summary>The tasks that will be listed as missing.</summary>
    public IReadOnlyList<MissingTask> Missing { get; }

    /// <summary>See <see cref="LoadedStsTask.AdjustCosine"/>.</summary>
    internal Func<double, double> AdjustCosine
    {
        init
        {
            foreach (var task in _stages.Select(stage => stage.Task).OfType<LoadedStsTask>())
            {
                task.AdjustCosine = value;
            }
        }
    }

    /// <summary>Encodes the sentences in batches and scores every task.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="progress">Receives a report after every batch and before every task is scored.</param>
    /// <param name="cancellationToken">Looked at between batches and passed on.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="InvalidOperationException">The encoder returned another number of rows, or a value that is not finite.</exception>
    public EvaluationReport Evaluate(ITextEncoder encoder, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return Evaluate(encoder.Encode, progress, cancellationToken);
    }

    /// <summary>The same for a function of texts and a token that gives embeddings, row by row.</summary>
    /// <inheritdoc cref="Evaluate(ITextEncoder, IProgress{EvaluationProgress}, CancellationToken)"/>
    internal EvaluationReport Evaluate(
        Func<IReadOnlyList<string>, CancellationToken, EmbeddingMatrix> encode,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encode);
        var run = new EvaluationRun(SentenceCount, _options, progress);
        foreach (var stage in _stages)
        {
            foreach (var batch in stage.NewSentences.Chunk(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var matrix = encode(batch, cancellationToken);
                run.Add(batch, [.. Enumerable.Range(0, matrix.Count).Select(row => matrix[row].ToArray())]);
            }

            run.Score(stage, cancellationToken);
        }

        return run.Report(Missing);
    }

    /// <summary>The same for any embedding generator.</summary>
    /// <inheritdoc cref="Evaluate(ITextEncoder, IProgress{EvaluationProgress}, CancellationToken)"/>
    public async Task<EvaluationReport> EvaluateAsync(
        IEmbeddingGenerator<string, Embedding<float>> generator,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var run = new EvaluationRun(SentenceCount, _options, progress);
        foreach (var stage in _stages)
        {
            foreach (var batch in stage.NewSentences.Chunk(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var generated = await generator.GenerateAsync(batch, cancellationToken: cancellationToken).ConfigureAwait(false);
                run.Add(batch, [.. generated.Select(embedding => embedding.Vector.ToArray())]);
            }

            run.Score(stage, cancellationToken);
        }

        return run.Report(Missing);
    }
}

/// <summary>How far an evaluation is.</summary>
/// <param name="SentencesDone">Distinct sentences encoded so far.</param>
/// <param name="SentencesTotal">Distinct sentences in all.</param>
/// <param name="Scoring">The task that is being scored now; null while sentences are encoded.</param>
public readonly record struct EvaluationProgress(int SentencesDone, int SentencesTotal, string? Scoring);
