using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation;

/// <summary>One run of an <see cref="Evaluator"/>: embeddings in, results out.</summary>
internal sealed class EvaluationRun(int sentenceCount, EvaluatorOptions options, IProgress<EvaluationProgress>? progress)
{
    private readonly SentenceEmbeddings _embeddings = new();
    private readonly List<TaskResult> _results = [];
    private int _encoded;

    /// <summary>Takes what the encoder made of a batch.</summary>
    public void Add(IReadOnlyList<string> sentences, IReadOnlyList<float[]> embeddings)
    {
        _embeddings.Add(sentences, embeddings);
        _encoded += sentences.Count;
        progress?.Report(new EvaluationProgress(_encoded, sentenceCount, null));
    }

    /// <summary>Scores a task whose sentences are all there.</summary>
    public void Score(EvaluationStage stage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new EvaluationProgress(_encoded, sentenceCount, stage.Task.Task.Name));
        _results.Add(WithInterval(stage.Task.Score(_embeddings, cancellationToken)));
        _embeddings.Remove(stage.LastUsed);
    }

    public EvaluationReport Report(IReadOnlyList<MissingTask> missing) =>
        new([.. _results.OfType<StsResult>()], [.. _results.OfType<TransferResult>()], missing);

    private TaskResult WithInterval(TaskResult result)
    {
        if (result.SampleSize == 0 || options.BootstrapSamples == 0)
        {
            return result;
        }

        var scores = Bootstrap.Run(result.SampleSize, options.BootstrapSamples, options.Seed, result.ScoreOfSample())[0];
        return result with { Interval = ConfidenceInterval.Of(scores) };
    }
}
