using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Distillation;

namespace MiCse.Training.Tests.Distillation;

/// <summary>Distillation of the tiny model of 4 layers into one of 2, on 60 texts of which 40 are different.</summary>
internal sealed class TinyDistillation : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public TinyDistillation()
    {
        ModelShrinking.Write(Folder("student"), _tiny.Model, new ShrinkOptions { Layers = [0, 3] }, TestContext.Current.CancellationToken);
        Student = ModelFolder.Open(Folder("student"));
        Teacher = SentenceEncoder.Load(_tiny.Model.Path, new SentenceEncoderOptions { Threads = 1 });
    }

    public static DistillationOptions Options { get; } = new()
    {
        Steps = 12,
        BatchSize = 8,
        Queue = 16,
        LearningRate = 1e-3,
        MaxTokens = 12,
        HeldOut = 4,
        SaveEvery = 4,
        EvaluateEvery = 3,
        Threads = 1,
    };

    public ModelFolder Student { get; }

    public SentenceEncoder Teacher { get; }

    public static SentenceCorpus Corpus() => new("texts.txt", [.. TinyTraining.Corpus().Examples, .. TinyTraining.Corpus().Examples.Take(20)]);

    public string Folder(string name) => _tiny.Folder(name);

    public byte[] Weights(string folder) => _tiny.Weights(folder);

    public DistillationResult Distill(
        string folder,
        DistillationOptions? options = null,
        SentenceCorpus? corpus = null,
        IReadOnlyList<SentenceEncoder>? teachers = null,
        string? cache = null,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        Action<DistillationEvent>? progress = null,
        ModelFolder? student = null,
        CancellationTokenSource? cancellation = null)
    {
        var token = cancellation?.Token ?? TestContext.Current.CancellationToken;
        return new Distiller(options ?? Options)
            .Prepare(student ?? Student, corpus ?? Corpus(), Folder(folder), teachers ?? [Teacher], cache, evaluation, resume, null, token)
            .Run(progress is null ? null : new Reports(progress), token);
    }

    public void Dispose()
    {
        Teacher.Dispose();
        _tiny.Dispose();
    }

    private sealed class Reports(Action<DistillationEvent> progress) : IProgress<DistillationEvent>
    {
        public void Report(DistillationEvent value) => progress(value);
    }
}
