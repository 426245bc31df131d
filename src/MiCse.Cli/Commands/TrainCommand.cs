using System.CommandLine;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Training;
using MiCse.ModelFolders;
using MiCse.Training;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;

namespace MiCse.Cli.Commands;

/// <summary>Trains a model.</summary>
internal sealed class TrainCommand : TrainingCommand
{
    private readonly TrainingSource _source = new("One column holds sentences, two hold pairs, a third hard negatives.", "training", hasPairs: true);
    private readonly EvaluationDuringTraining _evaluation = new(", and unless --select says otherwise the best weights are kept");

    private readonly TrainingArguments _training = new();

    public TrainCommand()
        : base(
            "train",
            "Trains a sentence encoder with the miCSE loss and writes a Hugging Face folder.",
            "micse train --model FOLDER --data sentences.txt.gz --steps 1000 --eval-data senteval --output trained")
    {
        AddGroup("Model and data", _source.All);
        AddGroup("Loss", _training.Loss);
        AddGroup("Schedule", _training.Schedule);
        AddGroup("Encoder", _training.Encoder);
        AddGroup("Evaluation", [.. _evaluation.All, .. _training.Evaluation]);
        AddLastGroups(_training.SaveEvery, _source);
    }

    protected override int Execute(ParseResult arguments, Ranks ranks, CancellationToken cancellationToken)
    {
        var streams = ranks.Streams;
        var (options, evaluation, model, corpus) = ranks.Together(() => Prepare(arguments, streams, cancellationToken));
        LibTorchFetch.Ensure(streams, cancellationToken);
        var (result, warning) = ProgressDisplay.Run(streams, "training", "steps", progress =>
        {
            var training = new TrainingProgress(progress);
            var result = _source.Run(arguments, () => new Trainer(options, ranks: ranks.Collective).Train(
                model, corpus, _source.Output(arguments), evaluation, _source.Resumes(arguments), training, cancellationToken));
            return (result, training.Warning);
        });
        return Report(arguments, streams, warning, () => TrainingSummary.ToJson(result), () => TrainingSummary.ToRows(result));
    }

    private (TrainingOptions Options, TrainingEvaluation? Evaluation, ModelFolder Model, SentenceCorpus Corpus) Prepare(
        ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = _training.ToOptions(arguments);
        arguments.Take(options.Validate);
        var evaluation = _evaluation.Create(arguments);
        if (evaluation is null && options.Selection == CheckpointSelection.Score)
        {
            throw new UsageException("--select score needs --eval-data; or use --select label-free, which needs no labels.");
        }

        var model = _source.OpenModel(arguments, streams, cancellationToken);
        _training.Check(options, model);
        return (options, evaluation, model, _source.LoadCorpus(arguments, streams, cancellationToken));
    }
}
