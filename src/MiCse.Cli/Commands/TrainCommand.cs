using System.CommandLine;
using MiCse.Checkpoints;
using MiCse.Cli.Options;
using MiCse.Cli.Output;
using MiCse.Cli.Progress;
using MiCse.Data;
using MiCse.Training;
using MiCse.Training.Batches;

namespace MiCse.Cli.Commands;

/// <summary>Trains a model.</summary>
internal sealed class TrainCommand : MiCseCommand
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The model to start from: a folder, as `micse init` makes one, the name of a built-in model, or an id on the Hugging Face Hub.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "The sentences: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it. One column holds sentences, two hold pairs, a third hard negatives.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = "A column to use, up to three times: a name, or a number from 1 with --no-header (default: all columns).",
        HelpName = "COLUMN",
    };

    private readonly Option<bool> _noHeader = TextArguments.CreateNoHeader();
    private readonly Option<string> _output = CommonOptions.OutputFolder();
    private readonly Option<bool> _resume = new("--resume") { Description = "Continue the unfinished training in the output folder, to the same bits." };
    private readonly EvaluationDuringTraining _evaluation = new(", and unless --select says otherwise the best weights are kept");

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly TrainingArguments _training = new();

    public TrainCommand()
        : base(
            "train",
            "Trains a sentence encoder with the miCSE loss and writes a Hugging Face folder.",
            "micse train --model FOLDER --data sentences.txt.gz --steps 1000 --eval-data senteval --output trained")
    {
        AddGroup("Model and data", _model, _data, _columns, _noHeader, _output);
        AddGroup("Loss", _training.Loss);
        AddGroup("Schedule", _training.Schedule);
        AddGroup("Encoder", _training.Encoder);
        AddGroup("Evaluation", [.. _evaluation.All, .. _training.Evaluation]);
        AddGroup("Interruptions", _training.SaveEvery, _resume);
        AddGroup("Output", _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var options = _training.ToOptions(arguments);
        options.Validate();
        var evaluation = _evaluation.Create(arguments);
        if (evaluation is null && options.Selection == CheckpointSelection.Score)
        {
            throw new ArgumentException("--select score needs --eval-data; or use --select label-free, which needs no labels.");
        }

        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellation));
        var corpus = SentenceCorpus.Load(
            HubFetch.DataFile(arguments.GetRequiredValue(_data), streams, cancellation),
            new TextFileOptions { Columns = arguments.GetValue(_columns) ?? [], NoHeader = arguments.GetValue(_noHeader) },
            cancellation);

        var (result, warning) = ProgressDisplay.Run(streams, "training", "steps", progress =>
        {
            var training = new TrainingProgress(progress);
            return (new Trainer(options).Train(
                model, corpus, arguments.GetRequiredValue(_output), evaluation, arguments.GetValue(_resume), training, cancellation), training.Warning);
        });
        if (warning is not null)
        {
            streams.Error.WriteLine(warning);
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, TrainingSummary.ToJson(result));
        }
        else
        {
            Columns.Write(streams.Output, TrainingSummary.ToRows(result));
        }

        return ExitCode.Done;
    }
}
