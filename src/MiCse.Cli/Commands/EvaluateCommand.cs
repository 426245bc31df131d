using System.CommandLine;
using System.Text.Json;
using MiCse.Cli.Options;
using MiCse.Cli.Output;
using MiCse.Cli.Progress;
using MiCse.Data;
using MiCse.Evaluation;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Scores a model on SentEval's STS tasks.</summary>
internal sealed class EvaluateCommand : MiCseCommand
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _data = new("--data")
    {
        Description = "SentEval's downstream folder, which holds STS and SICK.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<string> _tasks = new("--tasks")
    {
        Description = $"Tasks, separated by commas: {StsTask.AllName} for all, or {string.Join(", ", StsTask.All)}.",
        HelpName = "TASKS",
        DefaultValueFactory = _ => StsTask.AllName,
    };

    private readonly Option<EvaluationSplit?> _split = new Choice<EvaluationSplit>(("test", EvaluationSplit.Test), ("dev", EvaluationSplit.Dev))
        .ToOption("--split", "Test sets for figures to report, or development sets for choosing between models (default: test).");

    private readonly Option<bool> _json = CommonOptions.Json();

    public EvaluateCommand()
        : base(
            "evaluate",
            "Scores a model on SentEval's STS tasks: Spearman's correlation over the pairs of all subsets together (\"all\"), times 100.",
            "micse evaluate --model FOLDER --data SentEval/data/downstream")
    {
        AddGroup("Tasks", _data, _tasks, _split);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var folder = arguments.GetRequiredValue(_data);
        var split = arguments.GetValue(_split) ?? EvaluationSplit.Test;
        var tasks = StsTask.Select(TaskNames.Parse(arguments.GetRequiredValue(_tasks)), split);
        var evaluator = new StsEvaluator(folder, tasks, split);
        if (evaluator.Missing.Count == tasks.Count)
        {
            throw new DataFormatException(folder, null, $"holds the files of none of these tasks; the first one missing is {evaluator.Missing[0].File}.");
        }

        using var encoder = _model.Load(arguments, streams, cancellation);
        var truncated = 0;
        var report = ProgressDisplay.Run(streams, "evaluating", "sentences", progress => evaluator.Evaluate(Encode, new SentenceProgress(progress), cancellation));

        if (arguments.GetValue(_json))
        {
            streams.Output.Flush();
            using (var writer = new Utf8JsonWriter(streams.OutputBytes))
            {
                report.WriteTo(writer, arguments.GetRequiredValue(_model.Model));
            }

            streams.Output.WriteLine();
        }
        else
        {
            EvaluationTable.Write(streams.Output, tasks, report);
        }

        EvaluationTable.WriteMissing(streams.Error, report);
        Truncation.Report(streams.Error, truncated, evaluator.SentenceCount, encoder.MaxTokens);
        return ExitCode.Done;

        EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken token)
        {
            var encoded = encoder.Encode(texts, null, token);
            truncated += encoded.TruncatedCount;
            return encoded.Embeddings;
        }
    }

    private sealed class SentenceProgress(IProgress<WorkProgress> progress) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => progress.Report(new WorkProgress(value.SentencesDone, value.SentencesTotal));
    }
}
