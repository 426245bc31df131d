using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.LowShot;
using MiCse.Data;
using MiCse.Evaluation.Tasks;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.LowShot;

namespace MiCse.Cli.Commands;

/// <summary>The paper's low-shot study on any base model.</summary>
internal sealed class LowShotCommand : MiCseCommand
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The base model that every training starts from: a folder, the name of a built-in model, or an id on the Hugging Face Hub.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "A file of sentences to draw from, as `micse split` does, or a folder of files that were drawn before, named like wiki_subset_0064_seed48.txt.",
        HelpName = "PATH",
        Required = true,
    };

    private readonly ColumnOptions _columns = new();
    private readonly OutputOption _output = OutputOption.Folder(
        "The study's folder. A study that was cut off goes on there, and one with more --shots, --seeds or methods trains only what is new.");


    private readonly Option<string> _evaluationData = new("--eval-data")
    {
        Description = "SentEval's downstream folder, which holds STS.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<string> _tasks = new("--tasks")
    {
        Description = $"STS tasks that every model is scored on, separated by commas: {StsTask.AllName} for all, or {string.Join(", ", StsTask.All)}.",
        HelpName = "TASKS",
        DefaultValueFactory = _ => "STS12,STS13,STS14,STS15,STS-B",
    };

    private readonly Option<EvaluationSplit?> _split = new Choice<EvaluationSplit>(("test", EvaluationSplit.Test), ("dev", EvaluationSplit.Dev))
        .ToOption("--split", "Score STS-B and SICK-R on their development sets or their test sets (default: dev).");

    private readonly Option<string?> _retrieval = new("--retrieval")
    {
        Description = "A file of labelled texts of the domain: every model is also scored by how many of the ten nearest texts have the same label.",
        HelpName = "FILE",
    };

    private readonly Option<string> _retrievalColumn = new("--retrieval-column")
    {
        Description = "The column of --retrieval that holds the texts.",
        HelpName = "COLUMN",
        DefaultValueFactory = _ => "text",
    };

    private readonly Option<string> _labelColumn = new("--label-column")
    {
        Description = "The column of --retrieval that holds the labels.",
        HelpName = "COLUMN",
        DefaultValueFactory = _ => "label",
    };

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly LowShotArguments _study = new();

    public LowShotCommand()
        : base(
            "lowshot",
            "Trains a base model on a few sentences, with SimCSE and with miCSE, over several seeds; writes a table of scores, a paired test and a plot.",
            "micse lowshot --model FOLDER --data sentences.txt.gz --shots 64,100,1000 --seeds 48..52 --eval-data senteval --output study")
    {
        AddGroup("Model and data", [_model, _data, .. _columns.All, _output]);
        AddGroup("Study", _study.Study);
        AddGroup("Training", _study.Training);
        AddGroup("Evaluation", [_evaluationData, _tasks, _split, _retrieval, _retrievalColumn, _labelColumn, .. _study.Selection]);
        AddGroup("Output", _study.KeepModels, _json);
    }

    public override string? Missing => LibTorchFetch.Notice();

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _study.ToOptions(arguments);
        var evaluation = OptionValues.Read(_tasks.Name, () => new LowShotEvaluation(
            arguments.GetRequiredValue(_evaluationData),
            TaskNames.Parse(_tasks, arguments),
            arguments.GetValue(_split) ?? EvaluationSplit.Dev,
            Retrieval(arguments, streams, cancellationToken)));
        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));
        var path = OptionValues.Read(_data.Name, () => HubFetch.DataFile(arguments.GetRequiredValue(_data), streams, cancellationToken));
        var data = LowShotData.Open(path, options.Shots, options.Seeds, WithColumn(path, _columns.ToOptions(arguments), streams), cancellationToken);

        LibTorchFetch.Ensure(streams, cancellationToken);
        var output = arguments.GetRequiredValue(_output);
        var (report, warnings) = ProgressDisplay.Run(streams, "low-shot study", "steps", display =>
        {
            var progress = new StudyProgress(display);
            var study = new LowShotStudy(model, data, evaluation, options);
            return (arguments.Take(() => study.Run(output, progress, cancellationToken)), progress.Warnings);
        });
        foreach (var warning in warnings)
        {
            streams.Error.WriteLine($"micse: {warning}");
        }

        LowShotOutput.Write(output, report);
        LowShotOutput.Print(streams, output, report, arguments.GetValue(_json));
        return ExitCode.Done;
    }

    private LabelledTexts? Retrieval(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_retrieval) is not { } file)
        {
            return null;
        }

        var path = OptionValues.Read(_retrieval.Name, () => HubFetch.DataFile(file, streams, cancellationToken));
        var columns = new TextFileOptions { Columns = [arguments.GetRequiredValue(_retrievalColumn), arguments.GetRequiredValue(_labelColumn)] };
        return OptionValues.Read(_retrieval.Name, () => new LabelledTexts(TextFile.ReadRows(path, columns).Select(row => (row.Values[0], row.Values[1]))));
    }

    /// <summary>The only column of texts, if no other was asked for.</summary>
    /// <exception cref="UsageException">There are several.</exception>
    private TextFileOptions WithColumn(string path, TextFileOptions options, StandardStreams streams)
    {
        if (options.Columns.Count > 0 || Directory.Exists(path) || TrainingColumns.Of(path, options) is not { } found)
        {
            return options;
        }

        var used = found.Roles is [var known] ? known : found.Texts is [var only] ? only : throw new UsageException(
            $"{path}: it is not clear which of the columns {string.Join(", ", found.All.Select(name => $"'{name}'"))} holds the texts; name it with {_columns.Column.Name}.");
        TrainingSource.ReportLeftOut(path, found, [used], streams);
        return options with { Columns = [used] };
    }
}
