namespace MiCse.Evaluation.Tasks;

/// <summary>
/// A semantic textual similarity task: pairs of sentences with a gold score. STS12 to STS16 have test sets only; STS Benchmark and SICK-R
/// have a development set too.
/// </summary>
internal sealed class StsTask : EvaluationTask
{
    /// <summary>The name that stands for all seven tasks in <see cref="EvaluationTask.Select"/>.</summary>
    public const string AllName = "sts";

    /// <summary>STS Benchmark's name; alignment and uniformity are measured on it.</summary>
    internal const string BenchmarkName = "STSBenchmark";

    private readonly Part[] _test;
    private readonly Part[]? _dev;

    private StsTask(string name, string[] aliases, Part[] test, Part[]? dev = null)
        : base(name, aliases)
    {
        _test = test;
        _dev = dev;
    }

    /// <summary>The seven tasks in the order they are reported: STS12 to STS16, STSBenchmark, SICKRelatedness.</summary>
    public static new IReadOnlyList<StsTask> All { get; } =
    [
        OfYear("STS12", "MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews"),
        OfYear("STS13", "FNWN", "headlines", "OnWN"),
        OfYear("STS14", "deft-forum", "deft-news", "headlines", "images", "OnWN", "tweet-news"),
        OfYear("STS15", "answers-forums", "answers-students", "belief", "headlines", "images"),
        OfYear("STS16", "answer-answer", "headlines", "plagiarism", "postediting", "question-question"),
        new(BenchmarkName, ["STS-B", "STSB"],
            [new("test", StsFile.ReadBenchmark, "STS/STSBenchmark/sts-test.csv")],
            [new("dev", StsFile.ReadBenchmark, "STS/STSBenchmark/sts-dev.csv")]),
        new("SICKRelatedness", ["SICK-R", "SICKR"],
            [new("test", StsFile.ReadSick, "SICK/SICK_test_annotated.txt")],
            [new("dev", StsFile.ReadSick, "SICK/SICK_trial.txt")]),
    ];

    /// <summary>Whether the task has a development set.</summary>
    public override bool HasDev => _dev is not null;

    /// <summary>Reads the split.</summary>
    /// <param name="folder">SentEval's downstream folder.</param>
    /// <param name="split">The split asked for.</param>
    /// <exception cref="FileNotFoundException">A file is missing; see <see cref="EvaluationTask.MissingFile"/>.</exception>
    /// <exception cref="MiCse.Files.DataFormatException">A file is not what SentEval makes; file and line are named.</exception>
    internal IReadOnlyList<StsSubset> Read(string folder, EvaluationSplit split) =>
        [.. PartsFor(split).Select(part => new StsSubset(part.Name, part.Read([.. part.Files.Select(file => Path.Combine(folder, file))])))];

    internal override LoadedTask Load(string folder, TaskSettings settings) =>
        new LoadedStsTask(this, Read(folder, settings.Split), SplitFor(settings.Split)) { RemovedComponents = settings.RemovedComponents };

    private protected override IEnumerable<string> Files(EvaluationSplit split) => PartsFor(split).SelectMany(part => part.Files);

    private static StsTask OfYear(string name, params string[] subsets) => new(name, [],
        [.. subsets.Select(subset => new Part(subset, StsFile.ReadInputAndGold,
            $"STS/{name}-en-test/STS.input.{subset}.txt", $"STS/{name}-en-test/STS.gs.{subset}.txt"))]);

    private Part[] PartsFor(EvaluationSplit split) => split == EvaluationSplit.Dev && _dev is not null ? _dev : _test;

    private sealed record Part(string Name, Func<string[], IReadOnlyList<StsPair>> Read, params string[] Files);
}

/// <summary>Two sentences and how similar people found them.</summary>
/// <param name="First">The first sentence, its words joined by one blank.</param>
/// <param name="Second">The second sentence.</param>
/// <param name="Gold">The gold score, 0 (nothing in common) to 5 (the same meaning).</param>
public readonly record struct StsPair(string First, string Second, double Gold);

/// <summary>One source of a task's sentences, such as STS12's MSRpar.</summary>
/// <param name="Name">Its name in SentEval's files, or the split for tasks of one piece.</param>
/// <param name="Pairs">The pairs that have a gold score, in file order.</param>
internal sealed record StsSubset(string Name, IReadOnlyList<StsPair> Pairs);
