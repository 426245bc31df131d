using System.Numerics.Tensors;
using MiCse.Evaluation.Classification;
using MiCse.Vectors;

namespace MiCse.Evaluation.Tasks;

/// <summary>A transfer task in memory.</summary>
/// <param name="task">The task.</param>
/// <param name="training">What is learnt from.</param>
/// <param name="development">The development set, where the task has one.</param>
/// <param name="test">The test set, where the task has one and it is asked for.</param>
/// <param name="settings">Split, folds and threads.</param>
internal sealed class LoadedTransferTask(
    TransferTask task, TransferExamples training, TransferExamples? development, TransferExamples? test, TaskSettings settings)
    : LoadedTask(task)
{
    public override IEnumerable<string> Sentences =>
        ((TransferExamples?[])[training, development, test]).SelectMany(part => part?.Sentences ?? []);

    public override TaskResult Score(SentenceEmbeddings embeddings, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = settings.Threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var (learnt, scored) = (Features(training, embeddings), test is null ? null : Features(test, embeddings));
        var nested = development is null && !task.HasTestSet;
        var result = development is not null
            ? ClassificationProtocol.DevelopmentSet(learnt, Features(development, embeddings), scored, parallel)
            : nested
                ? ClassificationProtocol.NestedCrossValidation(learnt, settings.Folds, settings.Split == EvaluationSplit.Dev, parallel)
                : ClassificationProtocol.CrossValidation(learnt, scored, settings.Folds, parallel);
        var labels = (test ?? development ?? training).Labels;
        return new TransferResult(task.Name, settings.Split, result.Accuracy,
            training.Second is null ? null : F1(labels, result.Predictions),
            [.. result.Predictions.Select((prediction, i) => prediction == labels[i])]);
    }

    /// <summary>The embedding of a sentence; of a pair |u - v| and u · v, entry by entry.</summary>
    private static LabelledFeatures Features(TransferExamples examples, SentenceEmbeddings embeddings)
    {
        var width = embeddings.Dimensions;
        var features = new EmbeddingMatrix(examples.Labels.Length, examples.Second is null ? width : 2 * width);
        for (var row = 0; row < features.Count; row++)
        {
            var u = embeddings[examples.First[row]];
            if (examples.Second is null)
            {
                u.CopyTo(features[row]);
                continue;
            }

            var v = embeddings[examples.Second[row]];
            TensorPrimitives.Subtract<float>(u, v, features[row][..width]);
            TensorPrimitives.Abs(features[row][..width], features[row][..width]);
            TensorPrimitives.Multiply<float>(u, v, features[row][width..]);
        }

        return new LabelledFeatures(features, examples.Labels, examples.Classes);
    }

    /// <summary>Twice the right positives over the labelled and the predicted positives; 0 when there are none.</summary>
    private static double F1(int[] labels, int[] predictions)
    {
        var positives = labels.Count(label => label == 1) + predictions.Count(prediction => prediction == 1);
        var right = predictions.Where((prediction, i) => prediction == 1 && labels[i] == 1).Count();
        return positives == 0 ? 0 : 2.0 * right / positives;
    }
}
