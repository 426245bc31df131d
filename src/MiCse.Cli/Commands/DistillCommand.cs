using System.CommandLine;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views.Training;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Training;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Distillation;
using MiCse.Training.Inference;

namespace MiCse.Cli.Commands;

/// <summary>A teacher and texts → a student that gives the teacher's embeddings.</summary>
internal sealed class DistillCommand : TrainingCommand
{
    private readonly Option<string[]> _teachers = new("--teacher")
    {
        Description = "The model to learn from: a folder, the name of a built-in model, or an id on the Hugging Face Hub. Given several times, the mean of the cosines is learnt.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly TrainingSource _source = new("Every column of texts is read; equal texts count once.", "distillation", hasPairs: false)
    {
        OptionalModel = "The student to start from, as `micse shrink` makes one (default: the teacher with half of its layers, the first and the last among them).",
    };

    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "A .npy file that keeps the teacher's embeddings, for other distillations from the same texts (default: in the checkpoint, until the student is done).",
        HelpName = "FILE",
    };

    private readonly EvaluationDuringTraining _evaluation = new(", the teacher once, and unless --select says otherwise the best weights are kept");
    private readonly DistillationArguments _distillation = new();

    public DistillCommand()
        : base(
            "distill",
            "Teaches a small model the embeddings of a larger one, on texts without labels, and writes a Hugging Face folder.",
            "micse distill --teacher large --model student --data sentences.txt.gz --output distilled")
    {
        AddGroup("Models and data", [_teachers, .. _source.All, _cache]);
        AddGroup("Loss", _distillation.Loss);
        AddGroup("Schedule", _distillation.Schedule);
        AddGroup("Student", _distillation.Encoder);
        AddGroup("Evaluation", [.. _evaluation.All, .. _distillation.Evaluation]);
        AddLastGroups(_distillation.SaveEvery, _source);
    }

    protected override int Execute(ParseResult arguments, Ranks ranks, CancellationToken cancellationToken)
    {
        var streams = ranks.Streams;
        var (options, evaluation) = ranks.Together(() => Settings(arguments));
        LibTorchFetch.Ensure(streams, cancellationToken);
        using var temporary = new TemporaryStudent();
        var prepared = Prepare(options, temporary, evaluation, arguments, ranks, cancellationToken);
        var (result, progress) = ProgressDisplay.Run(streams, "distilling", "steps", display =>
        {
            var steps = new DistillationProgress(display);
            return (_source.Run(arguments, () => prepared.Run(steps, cancellationToken)), steps);
        });
        return Report(arguments, streams, progress.Warning, () => DistillationSummary.ToJson(result, progress.TokensPerSecond), () => DistillationSummary.ToRows(result, progress.TokensPerSecond));
    }

    /// <summary>The teachers are needed, and in memory, for their embeddings alone.</summary>
    private PreparedDistillation Prepare(
        DistillationOptions options, TemporaryStudent temporary, TrainingEvaluation? evaluation, ParseResult arguments, Ranks ranks, CancellationToken cancellationToken)
    {
        var streams = ranks.Streams;
        using var resources = new DisposableList();
        var (teachers, student, corpus) = ranks.Together(() => Load(options, temporary, resources, arguments, streams, cancellationToken));
        return ProgressDisplay.Run(streams, "encoding by the teacher", "texts", display => arguments.Take(() => new Distiller(options, ranks: ranks.Collective).Prepare(
            student,
            corpus,
            _source.Output(arguments),
            teachers,
            arguments.GetValue(_cache),
            evaluation,
            _source.Resumes(arguments),
            new TeacherProgress(display),
            cancellationToken)));
    }

    private (List<SentenceEncoder> Teachers, ModelFolder Student, SentenceCorpus Corpus) Load(
        DistillationOptions options, TemporaryStudent temporary, DisposableList resources, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        List<SentenceEncoder> teachers =
        [
            .. arguments.GetRequiredValue(_teachers).Select(name => resources.Add(SentenceEncoder.Load(
                ModelName.Find(name, streams, cancellationToken), Teaching(arguments)))),
        ];
        var student = _source.OpenModelIfGiven(arguments, streams, cancellationToken) ?? temporary.Make(teachers[0].Folder, cancellationToken);
        _distillation.Check(options, student);
        return (teachers, student, _source.LoadCorpus(arguments, streams, cancellationToken));
    }

    // A teacher that a GPU is nothing for, such as one in int8, teaches from the processor.
    private SentenceEncoderOptions Teaching(ParseResult arguments) => new()
    {
        Threads = arguments.GetValue(_distillation.Threads),
        Backend = _distillation.Device.Of(arguments) == ComputeDevice.Cpu ? null : new TorchBackend(ComputeDevice.Auto),
    };

    private (DistillationOptions Options, TrainingEvaluation? Evaluation) Settings(ParseResult arguments)
    {
        var options = _distillation.ToOptions(arguments);
        arguments.Take(options.Validate);
        var evaluation = _evaluation.Create(arguments);
        if (evaluation is null && options.Selection == CheckpointSelection.Score)
        {
            throw new UsageException("--select score needs --eval-data; or use --select label-free, which needs no labels.");
        }

        return (options, evaluation);
    }

    /// <summary>The teacher with half of its layers, in a folder that goes with it.</summary>
    private sealed class TemporaryStudent : IDisposable
    {
        private string? _folder;

        public ModelFolder Make(ModelFolder teacher, CancellationToken cancellationToken)
        {
            _folder = Directory.CreateTempSubdirectory("micse-").FullName;
            var path = Path.Combine(_folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(teacher.Path)));
            ModelShrinking.Write(path, teacher, new ShrinkOptions { Layers = ModelShrinking.Spread(teacher.Config.Layers, (teacher.Config.Layers + 1) / 2) }, cancellationToken);
            return ModelFolder.Open(path);
        }

        public void Dispose()
        {
            if (_folder is not null)
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
    }
}
