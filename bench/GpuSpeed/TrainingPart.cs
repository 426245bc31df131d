using System.Diagnostics;
using System.Globalization;
using MiCse.Tokenization;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;
using MiCse.Training.Pretraining;

namespace MiCse.GpuSpeed;

/// <summary>Training: the losses of the same steps on both devices, whether a seed gives the same bytes twice, and how fast a model of the given size is trained.</summary>
internal static class TrainingPart
{
    /// <summary>Kernels are chosen and memory is had in the first steps; a GPU is asked for a loss at every 20th.</summary>
    private const int Unmeasured = 20;

    private static readonly (string Name, TrainingMethod? Method)[] s_objectives =
        [("SimCSE", TrainingMethod.SimCse), ("miCSE", TrainingMethod.MiCse), ("masked language modelling", null)];

    /// <summary>The rows of a Markdown table.</summary>
    public static IEnumerable<string> Speed(Setting setting)
    {
        yield return "| training | tokens/s | steps/s |";
        yield return "|---|---|---|";
        foreach (var precision in Enum.GetValues<Precision>())
        {
            foreach (var (name, method) in s_objectives)
            {
                var (tokens, steps) = method is { } loss ? Contrastive(setting, loss, precision) : Masked(setting, precision);
                yield return string.Create(CultureInfo.InvariantCulture, $"| {name}, {(precision == Precision.Float32 ? "fp32" : "bf16")} | {tokens:N0} | {steps:0.00} |");
            }
        }
    }

    /// <summary>The built-in model, without dropout and chance, on the processor and on the device; then on the device with both, twice.</summary>
    public static IEnumerable<string> Parity(Setting setting)
    {
        var exact = new TrainingOptions { Method = TrainingMethod.SimCse, Steps = 40, BatchSize = 32, HiddenDropout = 0, AttentionDropout = 0, HeldOut = 0, LearningRate = 3e-5 };
        var here = Losses(setting, exact);
        var there = Losses(setting, exact with { Device = setting.Device });
        yield return "| step | loss on the processor | on the device |";
        yield return "|---|---|---|";
        foreach (var step in new[] { 1, 20, 40 })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"| {step} | {here[step]:0.0000000} | {there[step]:0.0000000} |");
        }

        yield return "";
        var random = exact with { Method = TrainingMethod.MiCse, HiddenDropout = null, AttentionDropout = null, Device = setting.Device };
        var same = Weights(setting, random).AsSpan().SequenceEqual(Weights(setting, random));
        yield return $"Two trainings on the device with the same seed, dropout and sampled attention: {(same ? "the same bytes" : "other bytes")}.";
    }

    private static Dictionary<int, double> Losses(Setting setting, TrainingOptions options)
    {
        var losses = new Dictionary<int, double>();
        new Trainer(options).Train(setting.Trained, Setting.Corpus(2_000), setting.NewFolder(), progress: new Reports<TrainingEvent>(step => losses[step.Step] = step.Loss));
        return losses;
    }

    private static byte[] Weights(Setting setting, TrainingOptions options)
    {
        var folder = setting.NewFolder();
        new Trainer(options).Train(setting.Trained, Setting.Corpus(2_000), folder);
        return File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
    }

    private static (double Tokens, double Steps) Contrastive(Setting setting, TrainingMethod method, Precision precision)
    {
        var options = new TrainingOptions
        {
            Method = method, Precision = precision, Device = setting.Device, Steps = setting.Steps, BatchSize = setting.BatchSize, HeldOut = 0, SaveEvery = int.MaxValue, EvaluateEvery = int.MaxValue,
        };
        var corpus = Setting.Corpus(Math.Max(2_000, setting.BatchSize * 4));
        var tokenizer = Tokenizer.Load(setting.Trained.TransformerPath);
        var mean = corpus.Examples.Average(example => tokenizer.Tokenize(example.First, options.MaxTokens).Ids.Length);
        var steps = Measure(setting, report => new Trainer(options).Train(
            setting.Fresh(), corpus, setting.NewFolder(), progress: new Reports<TrainingEvent>(step => report(step.Step))));
        return (steps * setting.BatchSize * 2 * mean, steps);
    }

    private static (double Tokens, double Steps) Masked(Setting setting, Precision precision)
    {
        var options = new PretrainingOptions
        {
            Precision = precision, Device = setting.Device, Steps = setting.Steps, BatchTokens = setting.BatchSize * 64, HeldOut = 0, SaveEvery = int.MaxValue, EvaluateEvery = int.MaxValue,
        };
        var corpus = Setting.Corpus(Math.Max(2_000, setting.BatchSize * 4));
        var tokens = 0L;
        var steps = Measure(setting, report => new Pretrainer(options).Pretrain(
            setting.Fresh(), corpus, setting.NewFolder(), progress: new Reports<PretrainingEvent>(step =>
            {
                tokens = step.Tokens;
                report(step.Step);
            })));
        return (steps * tokens / setting.Steps, steps);
    }

    /// <summary>Steps a second. At a reading the device has done everything that was asked of it, so the time between two of them is that of their steps.</summary>
    private static double Measure(Setting setting, Action<Action<int>> train)
    {
        var watch = new Stopwatch();
        train(step =>
        {
            if (step == Unmeasured)
            {
                watch.Start();
            }
            else if (step == setting.Steps)
            {
                watch.Stop();
            }
        });
        return (setting.Steps - Unmeasured) / watch.Elapsed.TotalSeconds;
    }

    private sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
