using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

/// <summary>A study of seconds: a model of 4 layers of 24, forty sentences, and two STS tasks of a few pairs; deletes them all.</summary>
internal sealed class TinyStudy : IDisposable
{
    private readonly TinyTraining _training = new();

    public TinyStudy()
    {
        Sentences = _training.Folder("sentences.txt");
        File.WriteAllLines(Sentences, TinyTraining.Corpus().Examples.Select(example => example.First));
        Write("STS/STSBenchmark/sts-dev.csv", Enumerable.Range(0, 8).Select(pair => $"main\tfile\t2012\t{pair}\t{pair % 6}.0\t{Words(pair)}\t{Words(pair + pair % 3)}"));
        foreach (var subset in (string[])["FNWN", "headlines", "OnWN"])
        {
            Write($"STS/STS13-en-test/STS.input.{subset}.txt", Enumerable.Range(0, 6).Select(pair => $"{Words(subset.Length + pair)}\t{Words(pair)}"));
            Write($"STS/STS13-en-test/STS.gs.{subset}.txt", Enumerable.Range(0, 6).Select(pair => $"{pair * 7 % 5}.5"));
        }
    }

    /// <summary>SimCSE and miCSE on 8 and 16 sentences with two seeds, three steps each.</summary>
    public static LowShotOptions Options { get; } = new()
    {
        Shots = [8, 16],
        Seeds = [48, 49],
        EvaluateEvery = 2,
        Training = new TrainingOptions { Steps = 3, BatchSize = 8, LearningRate = 1e-2, MaxTokens = 12, Threads = 1 },
    };

    public string Sentences { get; }

    public string Senteval => _training.Folder("senteval");

    public string Output => _training.Folder("study");

    public string Base => _training.Model.Path;

    public string Cell(string name) => Path.Combine(Output, "cells", name + ".json");

    /// <summary>Runs the study.</summary>
    public LowShotReport Run(
        LowShotOptions? options = null, Action<LowShotProgress>? progress = null, string[]? tasks = null, CancellationTokenSource? cancellation = null, LabelledTexts? retrieval = null)
    {
        options ??= Options;
        return new LowShotStudy(
            _training.Model,
            LowShotData.Open(Sentences, options.Shots, options.Seeds, null, TestContext.Current.CancellationToken),
            new LowShotEvaluation(Senteval, tasks ?? ["STS13", "STS-B"], retrieval: retrieval),
            options)
            .Run(Output, progress is null ? null : new Reports(progress), cancellation?.Token ?? TestContext.Current.CancellationToken);
    }

    /// <summary>Runs the study and says which cells were trained.</summary>
    public IReadOnlyList<string> Trained(LowShotOptions? options = null)
    {
        var trained = new List<string>();
        Run(options, step => trained.Add(step.Cell.FileName));
        return [.. trained.Distinct()];
    }

    public void Dispose() => _training.Dispose();

    private static string Words(int seed) => string.Join(' ', Enumerable.Range(0, 5).Select(word => $"w{5 + (seed * 11 + word * (seed + 1)) % 100}"));

    private void Write(string file, IEnumerable<string> lines)
    {
        var path = Path.Combine(Senteval, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
    }

    private sealed class Reports(Action<LowShotProgress> progress) : IProgress<LowShotProgress>
    {
        public void Report(LowShotProgress value) => progress(value);
    }
}
