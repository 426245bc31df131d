using System.Collections.Concurrent;
using MiCse.Vectors;

namespace MiCse.Evaluation.Classification;

/// <summary>What a classifier learns from or is tested on. Thread-safe.</summary>
internal sealed class LabelledFeatures
{
    private readonly Lazy<double[][]> _products;
    private readonly ConcurrentDictionary<double, Lazy<Preconditioner>> _preconditioners = new();

    /// <summary>Puts features and labels together.</summary>
    /// <param name="features">Shape [examples, features].</param>
    /// <param name="labels">0 .. classes - 1, one an example.</param>
    /// <param name="classes">Number of classes.</param>
    public LabelledFeatures(EmbeddingMatrix features, int[] labels, int classes)
    {
        Features = features;
        Labels = labels;
        Classes = classes;
        Rows = [.. Enumerable.Range(0, labels.Length)];
        _products = new Lazy<double[][]>(() => Preconditioner.Products(features));
    }

    public EmbeddingMatrix Features { get; }

    public int[] Labels { get; }

    public int Classes { get; }

    /// <summary>The indices of all examples.</summary>
    public int[] Rows { get; }

    /// <summary>The preconditioner for one strength of the regularisation, made once.</summary>
    public Preconditioner PreconditionerFor(double c) =>
        _preconditioners.GetOrAdd(c, strength => new Lazy<Preconditioner>(() => new Preconditioner(_products.Value, strength, Classes))).Value;

    /// <summary>The share of some examples that are predicted right.</summary>
    public double Accuracy(int[] predictions, int[] rows) => (double)rows.Count(row => predictions[row] == Labels[row]) / rows.Length;
}
