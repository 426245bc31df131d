using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Evaluation;
using MiCse.Evaluation;
using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Scores a model on SentEval's tasks.</summary>
internal sealed class EvaluateCommand : MiCseCommand
{
    // A folder's name may have a dot in it, as those of models often do; these are no folders.
    private static readonly string[] s_otherFormats = [".csv", ".tsv", ".txt", ".html", ".jsonl", ".parquet", ".xlsx", ".png", ".svg", ".pdf", ".tex"];

    private readonly ModelOptions _model = new();
    private readonly TripletEvaluation _triplets = new();
    private readonly Option<string?> _data = new("--eval-data", "--data")
    {
        Description = "SentEval's downstream folder, which holds STS, SICK, MR and so on.",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _tasks = new("--tasks")
    {
        Description = $"Tasks, separated by commas: {StsTask.AllName} and {TransferTask.AllName} for seven each, or "
            + $"{string.Join(", ", EvaluationTask.All)}.",
        HelpName = "TASKS",
        DefaultValueFactory = _ => StsTask.AllName,
    };

    private readonly Option<EvaluationSplit?> _split = new Choice<EvaluationSplit>(("test", EvaluationSplit.Test), ("dev", EvaluationSplit.Dev))
        .ToOption("--split", "Test sets for figures to report, or development sets for choosing between models (default: test).");

    private readonly Option<int?> _folds =
        Number.Optional("--folds", "Folds of the transfer tasks' cross-validations (default: 10 for test, 5 for dev).", 2);

    private readonly Option<int> _components = Number.WithDefault(
        "--remove-components",
        "Take this many main directions of all sentences of an STS task out of its embeddings: 1 as SIF does, 5 as uSIF does.", 0, () => 0);

    private readonly Option<string?> _against = new("--against")
    {
        Description = "Another model to compare with: differences and p values, for SentEval's tasks with 95 % intervals. Other model options hold for both.",
        HelpName = "MODEL",
    };

    private readonly Option<int> _bootstrap = Number.WithDefault(
        "--bootstrap", "Bootstrap samples for the 95 % intervals; 0 for none.", 0, () => new EvaluatorOptions().BootstrapSamples);

    private readonly Option<long> _seed = CommonOptions.Seed();

    private readonly Option<SubsetAggregation?> _aggregate = new Choice<SubsetAggregation>(
            ("all", SubsetAggregation.All), ("mean", SubsetAggregation.Mean), ("wmean", SubsetAggregation.WeightedMean))
        .ToOption(
            "--aggregate",
            "What tables show for STS: the correlation over all pairs, or the mean of the subsets' ones, plain or weighted (default: all).");

    private readonly Option<int> _worst =
        Number.WithDefault("--worst", "Number of STS pairs to show on which the model and people disagree most.", 0, () => 0);

    private readonly Option<bool> _json = CommonOptions.Json();

    private readonly OutputOption _output = OutputOption.Named(
        "--output", "Also write a file ending in .md (Markdown) or .json, or of SentEval's tasks a folder of result files as MTEB keeps them.", "PATH", "-o");

    public EvaluateCommand()
        : base(
            "evaluate",
            "Scores a model on SentEval's tasks, or on triplets of your own (--triplets), times 100: for STS Spearman's correlation over the pairs of all subsets together "
            + "(\"all\"), for transfer the accuracy of a logistic regression on the embeddings.",
            "micse evaluate --model FOLDER --eval-data SentEval/data/downstream --tasks sts,transfer")
    {
        _output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && s_otherFormats.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                result.AddError($"--output: results cannot be written to a file ending in '{Path.GetExtension(path)}'; expected .md, .json or a folder.");
            }
        });
        AddGroup("Tasks", _data, _tasks, _split, _folds, _components);
        AddGroup("Triplets", _triplets.All);
        AddGroup("Model", _model.All);
        AddGroup("Comparison", _against, _bootstrap, _seed);
        AddGroup("Output", _aggregate, _worst, _json, _output);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_triplets.File) is not null)
        {
            RefuseTaskOptions(arguments);
            _triplets.Run(arguments, streams, _model, arguments.GetValue(_against), arguments.GetValue(_output), arguments.GetValue(_json), cancellationToken);
            return ExitCode.Done;
        }

        _triplets.RefuseOthers(arguments);
        var folder = arguments.GetValue(_data) ?? throw new UsageException($"{_data.Name} or {_triplets.File.Name} is needed: SentEval's downstream folder, or a file of triplets.");
        var options = new EvaluatorOptions
        {
            Split = arguments.GetValue(_split) ?? EvaluationSplit.Test,
            Folds = arguments.GetValue(_folds),
            BootstrapSamples = arguments.GetValue(_bootstrap),
            Seed = arguments.GetValue(_seed),
            RemovedComponents = arguments.GetValue(_components),
            Threads = arguments.GetValue(_model.Threads),
        };
        var tasks = TaskNames.Select(_tasks, options.Split ?? EvaluationSplit.Test, arguments);
        var evaluator = new Evaluator(folder, tasks, options);
        if (evaluator.Missing.Count == tasks.Count)
        {
            throw new DataFormatException(
                folder, null, $"holds the files of none of these tasks; missing are {string.Join(", ", evaluator.Missing.Select(task => $"{task.File} ({task.Name})"))}.");
        }

        EvaluationOutput.PrintMissing(streams.Error, evaluator.Missing);
        var model = arguments.GetRequiredValue(_model.Model);
        var against = arguments.GetValue(_against);
        var report = Evaluate(model);
        var other = against is null ? null : Evaluate(against);
        var document = new EvaluationDocument(model, report)
        {
            Aggregation = arguments.GetValue(_aggregate) ?? SubsetAggregation.All,
            WorstPairs = arguments.GetValue(_worst),
            Against = against,
            Comparison = other is null ? null : ModelComparison.Of(report, other, options),
        };
        if (arguments.GetValue(_output) is { } output)
        {
            EvaluationOutput.Write(output, document);
        }

        EvaluationOutput.Print(streams, document, arguments.GetValue(_json));
        return ExitCode.Done;

        EvaluationReport Evaluate(string name)
        {
            using var encoder = _model.Load(name, arguments, streams, cancellationToken);
            var truncated = 0;
            var title = against is null ? "evaluating" : $"evaluating {name}";
            var evaluated = ProgressDisplay.Run(
                streams, title, "sentences", progress => evaluator.Evaluate(Encode, new SentenceProgress(progress), cancellationToken));
            CosineNote.Write(streams.Error, encoder, "scores");
            Truncation.Report(streams.Error, truncated, evaluator.SentenceCount, encoder.MaxTokens);
            return evaluated;

            EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken token)
            {
                var encoded = encoder.Encode(texts, null, token);
                truncated += encoded.TruncatedCount;
                return encoded.Embeddings;
            }
        }
    }

    private void RefuseTaskOptions(ParseResult arguments)
    {
        Option[] others = [_data, _tasks, _split, _folds, _components, _bootstrap, _seed, _aggregate, _worst];
        if (Array.Find(others, option => arguments.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new UsageException($"{option.Name}: is for SentEval's tasks and not for {_triplets.File.Name}.");
        }

        if (arguments.GetValue(_output) is { } path && Path.GetExtension(path).ToLowerInvariant() is not (".md" or ".json"))
        {
            throw new UsageException($"{_output.Name}: scores of triplets go to a file ending in .md or .json, found '{path}'.");
        }
    }

    private sealed class SentenceProgress(IProgress<WorkProgress> progress) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) =>
            progress.Report(new WorkProgress(
                value.SentencesDone, value.SentencesTotal, value.Scoring is null ? null : $"scoring {value.Scoring}"));
    }
}
