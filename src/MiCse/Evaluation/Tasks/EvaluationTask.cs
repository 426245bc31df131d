using MiCse.Files;

namespace MiCse.Evaluation.Tasks;

/// <summary>
/// A task of SentEval (Conneau and Kiela 2018), read from SentEval's downstream folder: semantic textual similarity (pairs of sentences with a gold
/// score) or transfer (a logistic regression on the embeddings has to tell classes apart).
/// </summary>
public abstract class EvaluationTask
{
    private readonly string[] _aliases;

    private protected EvaluationTask(string name, params string[] aliases)
    {
        Name = name;
        _aliases = aliases;
    }

    /// <summary>
    /// The fourteen tasks in the order they are reported: STS12 to STS16, STSBenchmark, SICKRelatedness; MR, CR, SUBJ, MPQA, SST2, TREC, MRPC.
    /// </summary>
    public static IReadOnlyList<EvaluationTask> All { get; } = [.. StsTask.All, .. TransferTask.All];

    /// <summary>SentEval's name.</summary>
    public string Name { get; }

    /// <summary>Whether there is a development figure.</summary>
    public abstract bool HasDev { get; }

    /// <summary>
    /// The tasks a user names: task names (any case; STS-B and SICK-R too), <c>sts</c> and <c>transfer</c>. These two stand for seven tasks
    /// each, but with <see cref="EvaluationSplit.Dev"/> only for those with a development figure, so that choosing a model by it looks at
    /// no test set. A task with a test set only takes part in a development run when it is named.
    /// </summary>
    /// <param name="names">At least one name.</param>
    /// <param name="split">The split that is scored: an <c>Evaluator</c> takes it from here unless its options say otherwise.</param>
    /// <returns>Each task once, in the order of <see cref="All"/>.</returns>
    /// <exception cref="ArgumentException">A name that is none; the message lists those there are.</exception>
    public static IReadOnlyList<EvaluationTask> Select(IEnumerable<string> names, EvaluationSplit split)
    {
        ArgumentNullException.ThrowIfNull(names);
        var chosen = new HashSet<EvaluationTask>();
        foreach (var name in names)
        {
            EvaluationTask[] matches = name.ToLowerInvariant() switch
            {
                StsTask.AllName => [.. StsTask.All.Where(InSplit)],
                TransferTask.AllName => [.. TransferTask.All.Where(InSplit)],
                _ => [.. All.Where(task => task._aliases.Append(task.Name).Contains(name, StringComparer.OrdinalIgnoreCase))],
            };
            if (matches.Length == 0)
            {
                throw new ArgumentException(
                    $"There is no task '{name}'; the tasks are {StsTask.AllName}, {TransferTask.AllName}, {string.Join(", ", All)}.", nameof(names));
            }

            chosen.UnionWith(matches);
        }

        return new TaskSelection([.. All.Where(chosen.Contains)], split);

        bool InSplit(EvaluationTask task) => split == EvaluationSplit.Test || task.HasDev;
    }

    /// <summary>The split that is scored when <paramref name="wanted"/> is asked for.</summary>
    public EvaluationSplit SplitFor(EvaluationSplit wanted) =>
        wanted == EvaluationSplit.Dev && HasDev ? EvaluationSplit.Dev : EvaluationSplit.Test;

    /// <summary>The first file needed for the split that is not there, relative to the folder, or null when all are.</summary>
    /// <param name="folder">SentEval's downstream folder.</param>
    /// <param name="split">The split asked for.</param>
    public string? MissingFile(string folder, EvaluationSplit split) =>
        Files(split).FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The files needed for a split, relative to the folder.</summary>
    private protected abstract IEnumerable<string> Files(EvaluationSplit split);

    /// <summary>Reads the files.</summary>
    /// <exception cref="DataFormatException">A file is not what SentEval makes; file and line are named.</exception>
    internal abstract LoadedTask Load(string folder, TaskSettings settings);
}

/// <summary>Which part of a task is scored.</summary>
public enum EvaluationSplit
{
    /// <summary>The test set, for figures to report.</summary>
    Test,

    /// <summary>
    /// The development set, for choosing between models. A task that has none is scored on its test set, and the result says so.
    /// </summary>
    Dev,
}
