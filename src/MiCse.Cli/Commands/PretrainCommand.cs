using System.CommandLine;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Training;
using MiCse.ModelFolders;
using MiCse.Training;
using MiCse.Training.Batches;
using MiCse.Training.Pretraining;

namespace MiCse.Cli.Commands;

/// <summary>Pretrains a model by masked language modelling.</summary>
internal sealed class PretrainCommand : TrainingCommand
{
    private readonly TrainingSource _source = new("Every column of texts holds sentences.", "pretraining", hasPairs: false);
    private readonly EvaluationDuringTraining _evaluation = new("; the last weights are kept, whatever it says");
    private readonly PretrainingArguments _pretraining = new();

    public PretrainCommand()
        : base(
            "pretrain",
            "Pretrains an encoder by masked language modelling and writes a Hugging Face folder, which `micse train` starts from.",
            "micse pretrain --model fresh --data sentences.txt.gz --epochs 3 --output pretrained")
    {
        AddGroup("Model and data", _source.All);
        AddGroup("Schedule", _pretraining.Schedule);
        AddGroup("Encoder", _pretraining.Encoder);
        AddGroup("Evaluation", [.. _evaluation.All, .. _pretraining.Evaluation]);
        AddLastGroups(_pretraining.SaveEvery, _source);
    }

    protected override int Execute(ParseResult arguments, Ranks ranks, CancellationToken cancellationToken)
    {
        var streams = ranks.Streams;
        var (options, evaluation, model, corpus) = ranks.Together(() => Prepare(arguments, streams, cancellationToken));
        LibTorchFetch.Ensure(streams, cancellationToken);
        var (result, progress) = ProgressDisplay.Run(streams, "pretraining", "steps", display =>
        {
            var steps = new PretrainingProgress(display);
            var result = _source.Run(arguments, () => new Pretrainer(options, ranks: ranks.Collective).Pretrain(
                model, corpus, _source.Output(arguments), evaluation, _source.Resumes(arguments), steps, cancellationToken));
            return (result, steps);
        });
        return Report(arguments, streams, progress.Warning, () => PretrainingSummary.ToJson(result, progress.TokensPerSecond), () => PretrainingSummary.ToRows(result, progress.TokensPerSecond));
    }

    private (PretrainingOptions Options, TrainingEvaluation? Evaluation, ModelFolder Model, SentenceCorpus Corpus) Prepare(
        ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _pretraining.ToOptions(arguments);
        arguments.Take(options.Validate);
        var evaluation = _evaluation.Create(arguments);
        var model = _source.OpenModel(arguments, streams, cancellationToken);
        _pretraining.Check(options, model);
        return (options, evaluation, model, _source.LoadCorpus(arguments, streams, cancellationToken));
    }
}
