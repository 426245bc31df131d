using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Export;

/// <summary>Compares a model in float32 and in int8.</summary>
internal static class QuantizationMeasurement
{
    /// <summary>Nearest neighbours of a text that are compared.</summary>
    private const int Neighbors = 10;

    /// <summary>Each precision encodes the texts this often; its fastest time counts.</summary>
    private const int Rounds = 3;

    /// <summary>Measures everything but the sizes' meaning, which the caller knows.</summary>
    /// <param name="float32">The model in float32.</param>
    /// <param name="int8">The same model in int8.</param>
    /// <param name="texts">What to encode; at least 2.</param>
    /// <param name="options">Where the texts are from, sizes, threads and STS data.</param>
    /// <param name="time">The clock that times encoding.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">Fewer than two texts.</exception>
    /// <exception cref="Files.DataFormatException">A file of STS Benchmark is not what SentEval makes.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static QuantizationReceipt Measure(
        SentenceEncoder float32,
        SentenceEncoder int8,
        IReadOnlyList<string> texts,
        QuantizationMeasurementOptions options,
        TimeProvider time,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(float32);
        ArgumentNullException.ThrowIfNull(int8);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (texts.Count < 2)
        {
            throw new ArgumentException($"To compare precisions, at least 2 texts are needed; there are {texts.Count}.", nameof(texts));
        }

        var (slow, fast) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        var (before, after) = (Encode(float32, ref slow), Encode(int8, ref fast));
        for (var round = 1; round < Rounds; round++)
        {
            Encode(float32, ref slow);
            Encode(int8, ref fast);
        }

        var cosines = Enumerable.Range(0, texts.Count).Select(row => Similarity.Cosine(before[row], after[row])).ToList();
        var receipt = new QuantizationReceipt(
            texts.Count,
            options.TextsSource,
            cosines.Average(),
            cosines.Min(),
            Math.Min(Neighbors, texts.Count - 1),
            Overlap(before, after, cancellationToken),
            options.Float32Bytes,
            options.Int8Bytes,
            texts.Count / slow.TotalSeconds,
            texts.Count / fast.TotalSeconds,
            options.Threads);
        return options.EvaluationFolder is { } folder ? WithSts(receipt, folder, float32, int8, cancellationToken) : receipt;

        EmbeddingMatrix Encode(SentenceEncoder encoder, ref TimeSpan fastest)
        {
            var start = time.GetTimestamp();
            var embeddings = encoder.Encode(texts, null, cancellationToken).Embeddings;
            var elapsed = time.GetElapsedTime(start);
            fastest = elapsed < fastest ? elapsed : fastest;
            return embeddings;
        }
    }

    private static double Overlap(EmbeddingMatrix before, EmbeddingMatrix after, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        var first = NearestNeighbors.Of(UnitRows.Of(before), Neighbors, null, parallel);
        var second = NearestNeighbors.Of(UnitRows.Of(after), Neighbors, null, parallel);
        return Enumerable.Range(0, before.Count)
            .Average(row => first.Indices(row).ToArray().Intersect(second.Indices(row).ToArray()).Count() / (double)first.Count);
    }

    private static QuantizationReceipt WithSts(
        QuantizationReceipt receipt, string folder, SentenceEncoder float32, SentenceEncoder int8, CancellationToken cancellationToken)
    {
        var tasks = EvaluationTask.Select([StsTask.BenchmarkName], EvaluationSplit.Dev);
        var evaluator = new Evaluator(folder, tasks, new EvaluatorOptions { BootstrapSamples = 0 });
        return receipt with { Float32Sts = Score(float32), Int8Sts = Score(int8) };

        double? Score(SentenceEncoder encoder) =>
            evaluator.Evaluate(encoder, null, cancellationToken).Sts.SingleOrDefault()?.All.Spearman;
    }
}
