using MiCse.Data;

namespace MiCse.Evaluation;

/// <summary>
/// A semantic textual similarity task of SentEval (Conneau and Kiela 2018), read from SentEval's downstream folder.
/// STS12 to STS16 have test sets only; STS Benchmark and SICK-R have a development set too.
/// </summary>
public sealed class StsTask
{
    /// <summary>The name that stands for all seven tasks in <see cref="Select"/>.</summary>
    public const string AllName = "sts";

    private static readonly StsTask[] Seven =
    [
        OfYear("STS12", "MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews"),
        OfYear("STS13", "FNWN", "headlines", "OnWN"),
        OfYear("STS14", "deft-forum", "deft-news", "headlines", "images", "OnWN", "tweet-news"),
        OfYear("STS15", "answers-forums", "answers-students", "belief", "headlines", "images"),
        OfYear("STS16", "answer-answer", "headlines", "plagiarism", "postediting", "question-question"),
        new("STSBenchmark", ["STS-B", "STSB"],
            [new("test", StsFile.ReadBenchmark, "STS/STSBenchmark/sts-test.csv")],
            [new("dev", StsFile.ReadBenchmark, "STS/STSBenchmark/sts-dev.csv")]),
        new("SICKRelatedness", ["SICK-R", "SICKR"],
            [new("test", StsFile.ReadSick, "SICK/SICK_test_annotated.txt")],
            [new("dev", StsFile.ReadSick, "SICK/SICK_trial.txt")]),
    ];

    private readonly string[] _aliases;
    private readonly Part[] _test;
    private readonly Part[]? _dev;

    private StsTask(string name, string[] aliases, Part[] test, Part[]? dev = null)
    {
        Name = name;
        _aliases = aliases;
        _test = test;
        _dev = dev;
    }

    /// <summary>The seven tasks in the order they are reported: STS12 to STS16, STSBenchmark, SICKRelatedness.</summary>
    public static IReadOnlyList<StsTask> All => Seven;

    /// <summary>SentEval's name.</summary>
    public string Name { get; }

    /// <summary>Whether the task has a development set.</summary>
    public bool HasDev => _dev is not null;

    /// <summary>
    /// The tasks a user names: task names (any case; STS-B and SICK-R too) and <c>sts</c>, which for <see cref="EvaluationSplit.Test"/>
    /// is all seven and for <see cref="EvaluationSplit.Dev"/> those with a development set, so that choosing a model by it looks at no test
    /// set. A task with a test set only takes part in a development run when it is named.
    /// </summary>
    /// <param name="names">At least one name.</param>
    /// <param name="split">The split that will be asked for.</param>
    /// <returns>Each task once, in the order of <see cref="All"/>.</returns>
    /// <exception cref="ArgumentException">A name that is none; the message lists those there are.</exception>
    public static IReadOnlyList<StsTask> Select(IEnumerable<string> names, EvaluationSplit split)
    {
        ArgumentNullException.ThrowIfNull(names);
        var chosen = new HashSet<StsTask>();
        foreach (var name in names)
        {
            var matches = string.Equals(name, AllName, StringComparison.OrdinalIgnoreCase)
                ? Seven.Where(task => split == EvaluationSplit.Test || task.HasDev)
                : Seven.Where(task => task.IsCalled(name));
            if (!matches.Any())
            {
                throw new ArgumentException(
                    $"There is no task '{name}'; the tasks are {AllName}, {string.Join(", ", Seven.Select(task => task.Name))}.", nameof(names));
            }

            chosen.UnionWith(matches);
        }

        return [.. Seven.Where(chosen.Contains)];
    }

    /// <summary>The split that is scored when <paramref name="wanted"/> is asked for.</summary>
    public EvaluationSplit SplitFor(EvaluationSplit wanted) =>
        wanted == EvaluationSplit.Dev && HasDev ? EvaluationSplit.Dev : EvaluationSplit.Test;

    /// <summary>The first file of the split that is not there, relative to the folder, or null when all are.</summary>
    /// <param name="folder">SentEval's downstream folder.</param>
    /// <param name="split">The split asked for.</param>
    public string? MissingFile(string folder, EvaluationSplit split) =>
        PartsFor(split).SelectMany(part => part.Files).FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));

    /// <summary>Reads the split.</summary>
    /// <param name="folder">SentEval's downstream folder.</param>
    /// <param name="split">The split asked for.</param>
    /// <exception cref="FileNotFoundException">A file is missing; see <see cref="MissingFile"/>.</exception>
    /// <exception cref="DataFormatException">A file is not what SentEval makes; file and line are named.</exception>
    public IReadOnlyList<StsSubset> Read(string folder, EvaluationSplit split) =>
        [.. PartsFor(split).Select(part => new StsSubset(part.Name, part.Read([.. part.Files.Select(file => Path.Combine(folder, file))])))];

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static StsTask OfYear(string name, params string[] subsets) => new(name, [],
        [.. subsets.Select(subset => new Part(subset, StsFile.ReadInputAndGold,
            $"STS/{name}-en-test/STS.input.{subset}.txt", $"STS/{name}-en-test/STS.gs.{subset}.txt"))]);

    private bool IsCalled(string name) =>
        _aliases.Append(Name).Contains(name, StringComparer.OrdinalIgnoreCase);

    private Part[] PartsFor(EvaluationSplit split) => split == EvaluationSplit.Dev && _dev is not null ? _dev : _test;

    private sealed record Part(string Name, Func<string[], IReadOnlyList<StsPair>> Read, params string[] Files);
}
