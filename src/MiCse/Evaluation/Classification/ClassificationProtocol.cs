using MiCse.Numerics;

namespace MiCse.Evaluation.Classification;

/// <summary>
/// SentEval's three ways of choosing the regularisation without looking at the test examples. Everything is computed from fits that do not
/// depend on each other and is put together in a fixed order, so that the result is the same at any number of threads.
/// </summary>
internal static class ClassificationProtocol
{
    /// <summary>C for nested cross-validation and development sets: 2^-2 .. 2^3.</summary>
    private static readonly double[] Grid = [0.25, 0.5, 1, 2, 4, 8];

    /// <summary>C for plain cross-validation: 2^-1 .. 2^5.</summary>
    private static readonly double[] GridOfCrossValidation = [0.5, 1, 2, 4, 8, 16, 32];

    /// <summary>
    /// Without a test set: every fold in turn is the test, with the C that a cross-validation within the other folds chooses. The
    /// development figure is the mean of those inner accuracies; it belongs to no prediction.
    /// </summary>
    /// <param name="data">All examples.</param>
    /// <param name="folds">How many folds, outside and within.</param>
    /// <param name="developmentOnly">Whether only the development figure is wanted.</param>
    /// <param name="parallel">Threads.</param>
    public static ClassificationResult NestedCrossValidation(
        LabelledFeatures data, int folds, bool developmentOnly, ParallelOptions parallel)
    {
        var outer = StratifiedFolds.Split(data.Labels, data.Rows, folds);
        var inner = Array.ConvertAll(outer, fold => StratifiedFolds.Split(data.Labels, fold.Training, folds));
        var accuracies = new double[folds * folds][];
        ParallelLoop.For(0, accuracies.Length, parallel, job =>
        {
            var fold = inner[job / folds][job % folds];
            var predictions = Predictions(data, fold, Grid, parallel);
            accuracies[job] = Array.ConvertAll(predictions, ofC => data.Accuracy(ofC, fold.Test));
        });
        var (best, bestAccuracy) = (new int[folds], new double[folds]);
        for (var fold = 0; fold < folds; fold++)
        {
            (best[fold], bestAccuracy[fold]) = Best(accuracies.AsSpan(fold * folds, folds));
        }

        if (developmentOnly)
        {
            return new ClassificationResult(bestAccuracy.Average(), []);
        }

        var all = new int[data.Labels.Length];
        ParallelLoop.For(0, folds, parallel, fold =>
        {
            var predictions = Predictions(data, outer[fold], [Grid[best[fold]]], parallel)[0];
            Copy(predictions, all, outer[fold].Test);
        });
        return new ClassificationResult(outer.Average(fold => data.Accuracy(all, fold.Test)), all);
    }

    /// <summary>With a test set and no development set: C is chosen by cross-validation over the training set.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="test">The test set; null when only the development figure is wanted.</param>
    /// <param name="folds">How many folds.</param>
    /// <param name="parallel">Threads.</param>
    public static ClassificationResult CrossValidation(
        LabelledFeatures training, LabelledFeatures? test, int folds, ParallelOptions parallel)
    {
        var parts = StratifiedFolds.Split(training.Labels, training.Rows, folds);
        var accuracies = new double[folds][];
        var predictions = Array.ConvertAll(GridOfCrossValidation, _ => new int[training.Labels.Length]);
        ParallelLoop.For(0, folds, parallel, fold =>
        {
            var ofFold = Predictions(training, parts[fold], GridOfCrossValidation, parallel);
            accuracies[fold] = Array.ConvertAll(ofFold, ofC => training.Accuracy(ofC, parts[fold].Test));
            for (var i = 0; i < predictions.Length; i++)
            {
                Copy(ofFold[i], predictions[i], parts[fold].Test);
            }
        });
        var (best, accuracy) = Best(accuracies);
        return test is null
            ? new ClassificationResult(accuracy, predictions[best])
            : OnTest(LogisticRegression.Path(training, training.Rows, [GridOfCrossValidation[best]], parallel).Single(), test);
    }

    /// <summary>With a development set: C is what does best on it.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="development">The development set.</param>
    /// <param name="test">The test set; null when only the development figure is wanted.</param>
    /// <param name="parallel">Threads.</param>
    public static ClassificationResult DevelopmentSet(
        LabelledFeatures training, LabelledFeatures development, LabelledFeatures? test, ParallelOptions parallel)
    {
        LogisticRegression[] classifiers = [.. LogisticRegression.Path(training, training.Rows, Grid, parallel)];
        var results = Array.ConvertAll(classifiers, classifier => OnTest(classifier, development));
        var (best, _) = Best([Array.ConvertAll(results, result => result.Accuracy)]);
        return test is null ? results[best] : OnTest(classifiers[best], test);
    }

    /// <summary>
    /// The C with the best mean over the folds, compared in hundredths of a point as SentEval does; the smallest of equals.
    /// </summary>
    private static (int Index, double Accuracy) Best(ReadOnlySpan<double[]> accuracies)
    {
        var means = new double[accuracies[0].Length];
        foreach (var fold in accuracies)
        {
            for (var i = 0; i < means.Length; i++)
            {
                means[i] += fold[i] / accuracies.Length;
            }
        }

        var rounded = Array.ConvertAll(means, mean => Math.Round(100 * mean, 2));
        var best = Array.IndexOf(rounded, rounded.Max());
        return (best, means[best]);
    }

    /// <summary>For each C a prediction for the test rows, at the rows' places.</summary>
    private static int[][] Predictions(LabelledFeatures data, Fold fold, double[] grid, ParallelOptions parallel) =>
        [.. LogisticRegression.Path(data, fold.Training, grid, parallel).Select(classifier =>
        {
            var predictions = new int[data.Labels.Length];
            foreach (var row in fold.Test)
            {
                predictions[row] = classifier.Predict(data.Features[row]);
            }

            return predictions;
        })];

    private static ClassificationResult OnTest(LogisticRegression classifier, LabelledFeatures test)
    {
        int[] predictions = [.. test.Rows.Select(row => classifier.Predict(test.Features[row]))];
        return new ClassificationResult(test.Accuracy(predictions, test.Rows), predictions);
    }

    private static void Copy(int[] from, int[] to, int[] rows)
    {
        foreach (var row in rows)
        {
            to[row] = from[row];
        }
    }
}

/// <summary>What a protocol found.</summary>
/// <param name="Accuracy">0..1.</param>
/// <param name="Predictions">The predicted class of each scored example; empty where the accuracy is a mean over overlapping sets.</param>
internal sealed record ClassificationResult(double Accuracy, int[] Predictions);
