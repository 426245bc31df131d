using MiCse.ModelFolders;
using MiCse.Numerics;
using MiCse.Tests;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;

namespace MiCse.Training.Tests;

/// <summary>A model of 4 layers of 24 on a vocabulary of 120 words, some data, and folders to train into; deletes them all.</summary>
internal sealed class TinyTraining : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("micse-training-").FullName;

    public TinyTraining()
    {
        var model = Directory.CreateDirectory(Path.Combine(_root, "base")).FullName;
        File.WriteAllText(Path.Combine(model, "config.json"), File.ReadAllText(Fixture.Path("training", "config.json"))
            .Replace("\"attention_probs_dropout_prob\": 0.0", "\"attention_probs_dropout_prob\": 0.1", StringComparison.Ordinal)
            .Replace("\"hidden_dropout_prob\": 0.0", "\"hidden_dropout_prob\": 0.1", StringComparison.Ordinal));
        File.Copy(Fixture.Path("training", "initial.safetensors"), Path.Combine(model, "model.safetensors"));
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), TinyVocabulary.Words(120));
        Model = ModelFolder.Open(model);
    }

    /// <summary>Everything random is on: dropout, sampled attention, masking.</summary>
    public static TrainingOptions Options { get; } = new()
    {
        Steps = 12,
        BatchSize = 8,
        LearningRate = 1e-3,
        Lambda = 0.5,
        MaxTokens = 12,
        MaskedLanguageModelWeight = 0.1,
        Layers = new LayerRange(1, 3),
        SaveEvery = 100,
        Threads = 1,
        EvaluateEvery = 100,
    };

    public ModelFolder Model { get; }

    /// <summary>Forty sentences of 3 to 11 words.</summary>
    public static SentenceCorpus Corpus(int columns = 1) => new("tiny.txt", [.. Enumerable.Range(0, 40).Select(row => new TrainingExample(
        Sentence(row),
        columns > 1 ? Sentence(row + 1000) : Sentence(row),
        columns > 2 ? Sentence(row + 2000) : null))]);

    public string Folder(string name) => Path.Combine(_root, name);

    public TrainingResult Train(
        string folder,
        TrainingOptions? options = null,
        SentenceCorpus? corpus = null,
        TrainingEvaluation? evaluation = null,
        bool resume = false,
        Action<TrainingEvent>? progress = null,
        TimeProvider? time = null,
        CancellationTokenSource? cancellation = null) =>
        new Trainer(options ?? Options, time).Train(
            Model, corpus ?? Corpus(), Folder(folder), evaluation, resume, progress is null ? null : new Reports(progress),
            cancellation?.Token ?? TestContext.Current.CancellationToken);

    public byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(Folder(folder), "model.safetensors"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Sentence(int seed)
    {
        var random = new RandomSequence(seed);
        return string.Join(' ', Enumerable.Range(0, 3 + random.Next(9)).Select(_ => $"w{5 + random.Next(115)}"));
    }

    private sealed class Reports(Action<TrainingEvent> progress) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value) => progress(value);
    }
}
