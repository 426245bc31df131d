using MiCse.ModelFolders;
using MiCse.Numerics;
using MiCse.Training.Batches;
using MiCse.Training.Pretraining;

namespace MiCse.Training.Tests.Pretraining;

/// <summary>Pretraining of the tiny model on 150 sentences of 3 to 9 words, which use 20 words of the 120.</summary>
internal sealed class TinyPretraining : IDisposable
{
    private readonly TinyTraining _tiny = new();

    /// <summary>Everything random is on: dropout and masking.</summary>
    public static PretrainingOptions Options { get; } = new()
    {
        Steps = 12,
        BatchTokens = 128,
        LearningRate = 1e-3,
        MaxTokens = 12,
        HeldOut = 20,
        SaveEvery = 4,
        EvaluateEvery = 3,
        Threads = 1,
    };

    public ModelFolder Model => _tiny.Model;

    public static SentenceCorpus Corpus() => new("few-words.txt", [.. Enumerable.Range(0, 150).Select(row => new TrainingExample(Sentence(row), Sentence(row)))]);

    public string Folder(string name) => _tiny.Folder(name);

    public PretrainingResult Pretrain(
        string folder,
        PretrainingOptions? options = null,
        SentenceCorpus? corpus = null,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        Action<PretrainingEvent>? progress = null,
        ModelFolder? model = null) =>
        new Pretrainer(options ?? Options).Pretrain(
            model ?? Model, corpus ?? Corpus(), Folder(folder), evaluation, resume, progress is null ? null : new Reports(progress),
            TestContext.Current.CancellationToken);

    public byte[] Weights(string folder) => _tiny.Weights(folder);

    public void Dispose() => _tiny.Dispose();

    private static string Sentence(int row)
    {
        var random = new RandomSequence(row);
        return string.Join(' ', Enumerable.Range(0, 3 + (row % 7)).Select(_ => $"w{5 + random.Next(20)}"));
    }

    private sealed class Reports(Action<PretrainingEvent> progress) : IProgress<PretrainingEvent>
    {
        public void Report(PretrainingEvent value) => progress(value);
    }
}
