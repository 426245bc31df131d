using MiCse.Files;

namespace MiCse.Evaluation.Tasks;

/// <summary>
/// A transfer task: a logistic regression on the embeddings has to tell classes apart. SST2 has a development set; the others have a
/// development figure from cross-validation within what they are trained on.
/// </summary>
internal sealed class TransferTask : EvaluationTask
{
    /// <summary>The name that stands for all seven tasks in <see cref="EvaluationTask.Select"/>.</summary>
    public const string AllName = "transfer";

    private readonly Func<string[], TransferExamples> _read;
    private readonly string[] _training;
    private readonly string? _dev;
    private readonly string? _test;

    private TransferTask(string name, Func<string[], TransferExamples> read, string[] training, string? dev = null, string? test = null)
        : base(name)
    {
        _read = read;
        _training = training;
        _dev = dev;
        _test = test;
    }

    /// <summary>The seven tasks in the order they are reported: MR, CR, SUBJ, MPQA, SST2, TREC, MRPC.</summary>
    public static new IReadOnlyList<TransferTask> All { get; } =
    [
        // As SentEval has it, SUBJ's first file holds the objective sentences.
        new("MR", TransferFile.ReadTwoClasses, ["MR/rt-polarity.pos", "MR/rt-polarity.neg"]),
        new("CR", TransferFile.ReadTwoClasses, ["CR/custrev.pos", "CR/custrev.neg"]),
        new("SUBJ", TransferFile.ReadTwoClasses, ["SUBJ/subj.objective", "SUBJ/subj.subjective"]),
        new("MPQA", TransferFile.ReadTwoClasses, ["MPQA/mpqa.pos", "MPQA/mpqa.neg"]),
        new("SST2", TransferFile.ReadSentiment, ["SST/binary/sentiment-train"], "SST/binary/sentiment-dev", "SST/binary/sentiment-test"),
        new("TREC", TransferFile.ReadQuestions, ["TREC/train_5500.label"], test: "TREC/TREC_10.label"),
        new("MRPC", TransferFile.ReadParaphrases, ["MRPC/msr_paraphrase_train.txt"], test: "MRPC/msr_paraphrase_test.txt"),
    ];

    /// <summary>True: there is always a development figure.</summary>
    public override bool HasDev => true;

    /// <summary>Whether SentEval scores the task on a test set, and not by cross-validation over all there is.</summary>
    internal bool HasTestSet => _test is not null;

    internal override LoadedTask Load(string folder, TaskSettings settings)
    {
        var training = Read(_training);
        var smallest = training.Labels.CountBy(label => label).Min(pair => pair.Value);
        if (_dev is null && smallest < 2 * settings.Folds)
        {
            // Fewer, and a fold within a fold may lack a class.
            throw new DataFormatException(Path.Combine(folder, _training[0]), null,
                $"{settings.Folds} folds need at least {2 * settings.Folds} sentences of every class, but one has {smallest}.");
        }

        var development = _dev is null ? null : Read(_dev);
        var test = _test is null || settings.Split == EvaluationSplit.Dev ? null : Read(_test);
        return new LoadedTransferTask(this, training, development, test, settings);

        TransferExamples Read(params string[] files) => _read([.. files.Select(file => Path.Combine(folder, file))]);
    }

    private protected override IEnumerable<string> Files(EvaluationSplit split) =>
        ((string?[])[.. _training, _dev, split == EvaluationSplit.Test ? _test : null]).OfType<string>();
}
