using MiCse.Evaluation.Statistics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using MiCse.Vectors;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Contrastive;

/// <summary>Measures a model on held-out examples, under the same dropout masks each time.</summary>
internal sealed class HeldOutEvaluation
{
    private readonly IReadOnlyList<TwoViewBatch> _batches;
    private readonly IReadOnlyList<string> _texts;
    private readonly TrainingOptions _options;

    private HeldOutEvaluation(IReadOnlyList<TwoViewBatch> batches, IReadOnlyList<string> texts, TrainingOptions options)
    {
        _batches = batches;
        _texts = texts;
        _options = options;
    }

    /// <summary>Null when nothing is held out.</summary>
    public static HeldOutEvaluation? Of(IReadOnlyList<TrainingExample> examples, Tokenizer tokenizer, TrainingOptions options) =>
        examples.Count == 0
            ? null
            : new HeldOutEvaluation(
                [.. examples.Chunk(options.BatchSize).Select(batch => TwoViewBatch.From(batch, tokenizer, options.MaxTokens))],
                [.. examples.Select(example => example.First)],
                options);

    /// <summary>Changes neither the weights nor the random numbers of the training.</summary>
    public HeldOutMeasures Measure(ContrastiveModel model, TextEncoding encoding, CancellationToken cancellationToken)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var embeddings = new List<Tensor>();
        var projections = new List<Tensor>();
        double? information = 0;
        foreach (var (index, batch) in _batches.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batchScope = NewDisposeScope();
            var views = model.HeldOutViews(batch, index);
            embeddings.Add(views.Embeddings.MoveToOuterDisposeScope());
            projections.Add(views.Projections.MoveToOuterDisposeScope());
            information += views.MutualInformation?.ToDouble() * batch.Examples / _texts.Count;
        }

        var pairs = cat(embeddings); // [examples, sequences, hidden]
        var geometry = AlignmentUniformity.Of(Matrix(pairs.select(1, 0)), Matrix(pairs.select(1, 1)), encoding.Encode(_texts, cancellationToken));
        var contrastive = model.Contrastive(cat(projections)).ToDouble();
        return new HeldOutMeasures
        {
            Loss = (_options.Alpha * contrastive) - (_options.Method == TrainingMethod.MiCse ? _options.Lambda * information!.Value : 0),
            Alignment = geometry.Alignment,
            Uniformity = geometry.Uniformity,
            ContrastiveLoss = contrastive,
            AttentionMutualInformation = information,
        };
    }

    private static EmbeddingMatrix Matrix(Tensor embeddings) => new(
        HostMemory.ToArray(embeddings), (int)embeddings.shape[0], (int)embeddings.shape[1]);
}
