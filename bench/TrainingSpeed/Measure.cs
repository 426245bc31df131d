using System.Diagnostics;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Model;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.TrainingSpeed;

/// <summary>Measures a variant in this process, which should do nothing else: its largest size counts too.</summary>
internal static class Measure
{
    private const int WarmUpSteps = 3;
    private const int PeakSize = 2048;
    private const int BackwardCost = 2; // Twice a forward pass: for the inputs and for the weights.

    public static Measurement Run(Variant variant, Setting setting)
    {
        LibTorch.Load();
        set_num_threads(setting.Threads);
        var tokenizer = Tokenizer.Load(setting.Tokenizer);
        var config = new EncoderShape("bert")
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = setting.Hidden,
            Layers = setting.Layers,
            Heads = setting.Heads,
            IntermediateSize = 4 * setting.Hidden,
            MaxPositions = 128,
            PadTokenId = tokenizer.SpecialTokens.Padding,
        };
        var batches = Batches.Of(variant, setting.Data, tokenizer);
        var peak = Peak(variant.Precision);
        using var step = new Step(variant, config, tokenizer);
        for (var index = 0; index < WarmUpSteps; index++)
        {
            step.Take(batches[index].Ids, batches[index].Length);
        }

        step.Clock.Clear();
        var (steps, tokens, computed, operations) = (0, 0L, 0L, 0.0);
        using var process = Process.GetCurrentProcess();
        var (start, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < setting.Seconds)
        {
            var (ids, length) = batches[(WarmUpSteps + steps) % batches.Count];
            var counts = step.Take(ids, length);
            steps++;
            tokens += counts.Tokens;
            computed += counts.Computed;
            operations += Operations(config, counts.Computed, length, counts.Predicted);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        return new Measurement(
            steps, tokens, computed, seconds, (process.TotalProcessorTime - processor).TotalSeconds, step.Clock.Seconds, process.PeakWorkingSet64, operations, peak);
    }

    private static double Operations(EncoderShape config, long positions, int length, int predicted)
    {
        double hidden = config.HiddenSize;
        var layer = (4 * hidden * hidden) + (2 * hidden * config.IntermediateSize) + (2 * length * hidden);
        var words = (hidden * hidden) + (hidden * config.VocabularySize);
        return 2 * (1 + BackwardCost) * ((positions * config.Layers * layer) + (predicted * words));
    }

    /// <summary>The best of some products: what the processor can do, as libtorch uses it, at this moment.</summary>
    private static double Peak(Precision precision)
    {
        using var scope = NewDisposeScope();
        var type = precision == Precision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16;
        var (left, right) = (rand(PeakSize, PeakSize).to(type), rand(PeakSize, PeakSize).to(type));
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < 6; trial++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = left.matmul(right);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * PeakSize * PeakSize * PeakSize / best;
    }
}
