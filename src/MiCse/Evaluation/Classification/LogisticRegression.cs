using System.Numerics.Tensors;
using MiCse.Vectors;

namespace MiCse.Evaluation.Classification;

/// <summary>
/// A linear classifier with L2 regularisation, fitted to the optimum of scikit-learn's default: C · Σ log loss + ½‖w‖², the intercepts
/// free, softmax over three classes or more. Deterministic: the same bits at any number of threads. Immutable.
/// </summary>
internal sealed class LogisticRegression
{
    /// <summary>
    /// Largest gradient entry at the end. The objective curves at least as ½‖w‖² does, so that no weight is further than this times the
    /// root of their number from its optimum.
    /// </summary>
    private const double Tolerance = 1e-3;

    private const int MostIterations = 500;

    private readonly double[] _parameters;

    private LogisticRegression(double[] parameters, int classes)
    {
        _parameters = parameters;
        Classes = classes;
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>For each output its weights, then its intercept.</summary>
    internal IReadOnlyList<double> Parameters => _parameters;

    /// <summary>Fits a classifier.</summary>
    /// <param name="features">Shape [examples, features].</param>
    /// <param name="labels">One an example, 0 .. classes - 1; every class occurs.</param>
    /// <param name="c">Inverse strength of the regularisation, above 0.</param>
    /// <param name="threads">Threads, all processors by default.</param>
    /// <param name="cancellationToken">Asked in every iteration.</param>
    /// <exception cref="ArgumentException">
    /// Labels and examples do not match, there are fewer than two classes, one has no example, or a feature is not finite.
    /// </exception>
    public static LogisticRegression Fit(
        EmbeddingMatrix features,
        IReadOnlyList<int> labels,
        double c = 1,
        int? threads = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(c);
        var data = new LabelledFeatures(features, [.. labels], Check(features, labels));
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        return Path(data, data.Rows, [c], parallel).Single();
    }

    /// <summary>The most likely class.</summary>
    /// <exception cref="ArgumentException">The number of features is another.</exception>
    public int Predict(ReadOnlySpan<float> features)
    {
        var outputs = LogisticLoss.OutputsOf(Classes);
        if (outputs * (features.Length + 1) != _parameters.Length)
        {
            throw new ArgumentException(
                $"{features.Length} features, but the classifier was fitted to {_parameters.Length / outputs - 1}.", nameof(features));
        }

        var row = new double[features.Length];
        TensorPrimitives.ConvertTruncating(features, row);
        Span<double> scores = stackalloc double[outputs];
        LogisticLoss.Score(_parameters, row, scores);
        return outputs == 1 ? (scores[0] > 0 ? 1 : 0) : TensorPrimitives.IndexOfMax<double>(scores);
    }

    /// <summary>One classifier for each strength, the strongest regularisation first: each starts where the one before stopped.</summary>
    internal static IEnumerable<LogisticRegression> Path(LabelledFeatures data, int[] rows, double[] ascendingC, ParallelOptions parallel)
    {
        var loss = new LogisticLoss(data, rows, parallel);
        var parameters = new double[loss.ParameterCount];
        foreach (var c in ascendingC)
        {
            loss.C = c;
            parameters = LimitedMemoryBfgs.Minimize(
                loss.Evaluate, [.. parameters], data.PreconditionerFor(c), Tolerance, MostIterations, parallel.CancellationToken);
            yield return new LogisticRegression(parameters, data.Classes);
        }
    }

    private static int Check(EmbeddingMatrix features, IReadOnlyList<int> labels)
    {
        if (labels.Count != features.Count)
        {
            throw new ArgumentException($"{labels.Count} labels do not match {features.Count} examples.", nameof(labels));
        }

        if (features.Values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ArgumentException("A feature is not finite.", nameof(features));
        }

        var present = labels.Distinct().Order().ToArray();
        return present.Length >= 2 && present[0] == 0 && present[^1] == present.Length - 1
            ? present.Length
            : throw new ArgumentException(
                $"Labels must be 0, 1 and so on with an example of each and at least two; found {string.Join(", ", present)}.", nameof(labels));
    }
}
