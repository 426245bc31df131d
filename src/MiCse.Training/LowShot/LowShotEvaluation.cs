using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Training.LowShot;

/// <summary>
/// The tasks that every trained model of a study is scored on, and the one that chooses a training's weights: STS Benchmark's development
/// set, as in the paper. Files are read at construction. Immutable and thread-safe.
/// </summary>
public sealed class LowShotEvaluation
{
    private readonly string _folder;
    private readonly Evaluator _evaluator;
    private readonly LabelledTexts? _retrieval;

    /// <summary>Reads the tasks.</summary>
    /// <param name="folder">SentEval's downstream folder.</param>
    /// <param name="tasks">The names of STS tasks; see <see cref="EvaluationTask.Select"/>.</param>
    /// <param name="split">The split asked for; with the default, the development split, tasks without a development set are scored on their test set.</param>
    /// <param name="retrieval">Texts of a domain whose labels retrieval is scored by, besides the tasks; null, the default, for none.</param>
    /// <exception cref="ArgumentException">There is no such task, or it is not an STS task.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">A file is missing, or not what SentEval makes.</exception>
    public LowShotEvaluation(string folder, IEnumerable<string> tasks, EvaluationSplit split = EvaluationSplit.Dev, LabelledTexts? retrieval = null)
    {
        var selected = EvaluationTask.Select(tasks, split);
        if (selected.FirstOrDefault(task => task is not StsTask) is { } other)
        {
            throw new ArgumentException($"A low-shot study scores STS tasks, and {other} is none; evaluate the trained models on it instead.");
        }

        if (selected.Count == 0)
        {
            throw new ArgumentException("A low-shot study needs at least one task.");
        }

        _folder = folder;
        _evaluator = Open(folder, selected, split);
        _retrieval = retrieval;
        Tasks = [.. selected.Select(task => (task.Name, task.SplitFor(split))), .. retrieval is null ? [] : new[] { (LabelledTexts.TaskName, EvaluationSplit.Test) }];
    }

    /// <summary>Every task and the split it is scored on.</summary>
    internal IReadOnlyList<(string Task, EvaluationSplit Split)> Tasks { get; }

    /// <summary>What chooses a training's weights: Spearman's correlation on STS Benchmark's development set.</summary>
    /// <exception cref="DataFormatException">Its file is missing, or not what SentEval makes.</exception>
    internal TrainingEvaluation Selection()
    {
        var evaluator = Open(_folder, [StsTask.All.Single(task => task.Name == StsTask.BenchmarkName)], EvaluationSplit.Dev);
        return (encode, cancellationToken) => evaluator.Evaluate((texts, _) => encode(texts), null, cancellationToken).Sts[0].Score;
    }

    /// <summary>Scores an encoder.</summary>
    internal TaskScores Score(Func<IReadOnlyList<string>, CancellationToken, EmbeddingMatrix> encode, CancellationToken cancellationToken) =>
        new([
            .. _evaluator.Evaluate(encode, null, cancellationToken).Sts.Select(task => new TaskScore(task.Name, task.Split, task.Score)),
            .. _retrieval is null ? [] : new[] { new TaskScore(LabelledTexts.TaskName, EvaluationSplit.Test, _retrieval.Score(encode, cancellationToken)) },
        ]);

    /// <summary>Different sentences of STS Benchmark's development set, in its order; none when it is not there.</summary>
    internal IReadOnlyList<string> HeldOutSentences()
    {
        var benchmark = StsTask.All.Single(task => task.Name == StsTask.BenchmarkName);
        return benchmark.MissingFile(_folder, EvaluationSplit.Dev) is not null
            ? []
            : [.. benchmark.Read(_folder, EvaluationSplit.Dev).SelectMany(part => part.Pairs).SelectMany(pair => (string[])[pair.First, pair.Second]).Distinct(StringComparer.Ordinal)];
    }

    private static Evaluator Open(string folder, IReadOnlyList<EvaluationTask> tasks, EvaluationSplit split)
    {
        var evaluator = new Evaluator(folder, tasks, new EvaluatorOptions { Split = split, BootstrapSamples = 0 });
        return evaluator.Missing is [var missing, ..]
            ? throw new DataFormatException(folder, null, $"{missing.Name} cannot be evaluated: there is no {missing.File}.")
            : evaluator;
    }
}
