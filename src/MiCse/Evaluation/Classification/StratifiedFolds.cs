namespace MiCse.Evaluation.Classification;

/// <summary>
/// Splits rows into folds that each have every class in the same share, as scikit-learn's StratifiedKFold does when it shuffles.
/// </summary>
internal static class StratifiedFolds
{
    /// <summary>SentEval's seed.</summary>
    public const uint Seed = 1111;

    /// <summary>The folds of some rows.</summary>
    /// <param name="labels">The labels of all rows, 0 .. classes - 1.</param>
    /// <param name="rows">The rows to split.</param>
    /// <param name="folds">How many folds.</param>
    public static Fold[] Split(int[] labels, int[] rows, int folds)
    {
        var foldOf = Assign(Array.ConvertAll(rows, row => labels[row]), folds);
        return [.. Enumerable.Range(0, folds).Select(fold => new Fold(
            [.. rows.Where((_, i) => foldOf[i] != fold)],
            [.. rows.Where((_, i) => foldOf[i] == fold)]))];
    }

    /// <summary>The fold that each row is the test of.</summary>
    internal static int[] Assign(int[] labels, int folds)
    {
        // The classes in order of appearance, each with its rows.
        var classes = Enumerable.Range(0, labels.Length).GroupBy(row => labels[row]).Select(group => group.ToArray()).ToArray();
        var sizes = Sizes(Array.ConvertAll(classes, rows => rows.Length), folds);
        var random = new MersenneTwister(Seed);
        var foldOf = new int[labels.Length];
        for (var k = 0; k < classes.Length; k++)
        {
            int[] shuffled = [.. Enumerable.Range(0, folds).SelectMany(fold => Enumerable.Repeat(fold, sizes[fold][k]))];
            random.Shuffle(shuffled);
            for (var i = 0; i < shuffled.Length; i++)
            {
                foldOf[classes[k][i]] = shuffled[i];
            }
        }

        return foldOf;
    }

    /// <summary>How many of each class each fold gets: the rows, sorted by class, are dealt out to the folds in turn.</summary>
    private static int[][] Sizes(int[] classSizes, int folds)
    {
        var sizes = new int[folds][];
        for (var fold = 0; fold < folds; fold++)
        {
            sizes[fold] = new int[classSizes.Length];
        }

        var dealt = 0;
        for (var k = 0; k < classSizes.Length; k++)
        {
            for (var i = 0; i < classSizes[k]; i++)
            {
                sizes[dealt++ % folds][k]++;
            }
        }

        return sizes;
    }
}

/// <summary>One part of a cross-validation: what is learnt from and what is predicted.</summary>
/// <param name="Training">Rows, ascending.</param>
/// <param name="Test">The other rows, ascending.</param>
internal sealed record Fold(int[] Training, int[] Test);
