using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation.Reports;

/// <summary>Two encoders on the same tasks: which differences are more than chance.</summary>
/// <param name="Tasks">The tasks in order.</param>
/// <param name="Sts">The average over the STS tasks; null without any.</param>
/// <param name="Transfer">The average over the transfer tasks; null without any.</param>
internal sealed record ModelComparison(IReadOnlyList<TaskComparison> Tasks, TaskComparison? Sts, TaskComparison? Transfer)
{
    /// <summary>Compares two reports of the same <see cref="Evaluator"/>.</summary>
    /// <param name="first">The first encoder's report.</param>
    /// <param name="second">The second encoder's report.</param>
    /// <param name="options">How many bootstrap samples, and their seed.</param>
    /// <exception cref="ArgumentException">The reports are over different tasks, pairs or examples.</exception>
    public static ModelComparison Of(EvaluationReport first, EvaluationReport second, EvaluatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new EvaluatorOptions();
        var (ofFirst, ofSecond) = (first.Tasks.ToList(), second.Tasks.ToList());
        if (!ofFirst.Select(Subject).SequenceEqual(ofSecond.Select(Subject)))
        {
            throw new ArgumentException("The two reports are over different tasks or data and cannot be compared.", nameof(second));
        }

        // Every task has a random sequence of its own: the averages then add up independent samples.
        var differences = ofFirst.Select((result, task) => Differences(result, ofSecond[task], options, options.Seed + task)).ToList();
        var tasks = ofFirst.Select((result, task) => Compare(result, ofSecond[task], differences[task])).ToList();
        return new ModelComparison(
            tasks,
            Average("S.Avg.", tasks[..first.Sts.Count], differences[..first.Sts.Count]),
            Average("T.Avg.", tasks[first.Sts.Count..], differences[first.Sts.Count..]));
    }

    private static (string Name, EvaluationSplit Split, int Size) Subject(TaskResult result) => (result.Name, result.Split, result.SampleSize);

    private static double[] Differences(TaskResult first, TaskResult second, EvaluatorOptions options, long seed)
    {
        if (first.SampleSize == 0)
        {
            return [];
        }

        var scores = Bootstrap.Run(first.SampleSize, options.BootstrapSamples, seed, first.ScoreOfSample(), second.ScoreOfSample());
        return [.. scores[0].Zip(scores[1], (a, b) => a - b)];
    }

    private static TaskComparison Compare(TaskResult first, TaskResult second, double[] differences)
    {
        var p = first is TransferResult a && second is TransferResult b
            ? a.SampleSize == 0 ? (double?)null : McNemar.PValue(OnlyFirst(a, b), OnlyFirst(b, a))
            : SignP(differences);
        return new TaskComparison(first.Name, first.Score, second.Score, ConfidenceInterval.Of(differences), p);

        static int OnlyFirst(TransferResult x, TransferResult y) => x.Correct.Zip(y.Correct).Count(both => both is (true, false));
    }

    private static TaskComparison? Average(string name, List<TaskComparison> tasks, List<double[]> differences)
    {
        if (tasks.Count == 0)
        {
            return null;
        }

        double[] averages = differences.Any(ofTask => ofTask.Length == 0)
            ? []
            : [.. Enumerable.Range(0, differences[0].Length).Select(sample => differences.Average(ofTask => ofTask[sample]))];
        return new TaskComparison(
            name, tasks.Average(task => task.First), tasks.Average(task => task.Second), ConfidenceInterval.Of(averages), SignP(averages));
    }

    private static double? SignP(double[] differences)
    {
        double[] defined = [.. differences.Where(difference => !double.IsNaN(difference))];
        if (defined.Length == 0)
        {
            return null;
        }

        var fewer = Math.Min(defined.Count(difference => difference <= 0), defined.Count(difference => difference >= 0));
        return Math.Min(1, 2 * (fewer + 1.0) / (defined.Length + 1));
    }
}
