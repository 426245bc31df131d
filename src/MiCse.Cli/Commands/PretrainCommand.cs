using System.CommandLine;
using MiCse.Checkpoints;
using MiCse.Cli.Options;
using MiCse.Cli.Output;
using MiCse.Cli.Progress;
using MiCse.Data;
using MiCse.Training.Batches;
using MiCse.Training.Pretraining;

namespace MiCse.Cli.Commands;

/// <summary>Pretrains a model by masked language modelling.</summary>
internal sealed class PretrainCommand : MiCseCommand
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The model to start from: a folder, as `micse init` makes one, the name of a built-in model, or an id on the Hugging Face Hub.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "The sentences: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it. Every column holds sentences.",
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
    private readonly Option<bool> _resume = new("--resume") { Description = "Continue the unfinished pretraining in the output folder, to the same bits." };
    private readonly EvaluationDuringTraining _evaluation = new("; the last weights are kept, whatever it says");
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly PretrainingArguments _pretraining = new();

    public PretrainCommand()
        : base(
            "pretrain",
            "Pretrains an encoder by masked language modelling and writes a Hugging Face folder, which `micse train` starts from.",
            "micse pretrain --model fresh --data sentences.txt.gz --epochs 3 --output pretrained")
    {
        AddGroup("Model and data", _model, _data, _columns, _noHeader, _output);
        AddGroup("Schedule", _pretraining.Schedule);
        AddGroup("Encoder", _pretraining.Encoder);
        AddGroup("Evaluation", [.. _evaluation.All, .. _pretraining.Evaluation]);
        AddGroup("Interruptions", _pretraining.SaveEvery, _resume);
        AddGroup("Output", _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var options = _pretraining.ToOptions(arguments);
        options.Validate();
        var evaluation = _evaluation.Create(arguments);
        var model = ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellation));
        var corpus = SentenceCorpus.Load(
            HubFetch.DataFile(arguments.GetRequiredValue(_data), streams, cancellation),
            new TextFileOptions { Columns = arguments.GetValue(_columns) ?? [], NoHeader = arguments.GetValue(_noHeader) },
            cancellation);

        var (result, progress) = ProgressDisplay.Run(streams, "pretraining", "steps", display =>
        {
            var steps = new PretrainingProgress(display);
            return (new Pretrainer(options).Pretrain(
                model, corpus, arguments.GetRequiredValue(_output), evaluation, arguments.GetValue(_resume), steps, cancellation), steps);
        });
        if (progress.Warning is not null)
        {
            streams.Error.WriteLine(progress.Warning);
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, PretrainingSummary.ToJson(result, progress.TokensPerSecond));
        }
        else
        {
            Columns.Write(streams.Output, PretrainingSummary.ToRows(result, progress.TokensPerSecond));
        }

        return ExitCode.Done;
    }
}
