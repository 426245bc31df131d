using MiCse.Evaluation.Statistics;

namespace MiCse.Cli.Demo;

/// <summary>A measure of models, and of how far two of them differ.</summary>
/// <param name="Name">What its column is called.</param>
/// <param name="Words">What it is called in a sentence.</param>
/// <param name="Key">What it is called in JSON.</param>
/// <param name="Size">How many pairs or queries it is over.</param>
/// <param name="Value">Its value on a sample of them.</param>
internal sealed record DemoMeasure(string Name, string Words, string Key, Func<DemoScores, int> Size, DemoMeasure.OnSample Value)
{
    private const int Samples = 2000;

    /// <summary>The value on a sample of pairs or queries.</summary>
    public delegate double OnSample(DemoScores scores, ReadOnlySpan<int> sample);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DemoMeasure> All { get; } =
    [
        new("pairs, Spearman", "the order of pairs", "spearman", scores => scores.Pairs, (scores, sample) => scores.Spearman(sample)),
        new("first hit of the topic, %", "the first hit", "firstHits", scores => scores.Queries, (scores, sample) => scores.FirstHits(sample)),
        new("MRR", "MRR", "reciprocalRank", scores => scores.Queries, (scores, sample) => scores.ReciprocalRank(sample)),
    ];

    /// <summary>A model's value.</summary>
    public DemoFigure Of(DemoScores scores, long seed) => Figure(scores, seed, Value);

    /// <summary>A model's value less that of another one, over the same samples.</summary>
    public DemoFigure Difference(DemoScores scores, DemoScores other, long seed) =>
        Figure(scores, seed, (of, sample) => Value(of, sample) - Value(other, sample));

    private DemoFigure Figure(DemoScores scores, long seed, OnSample value)
    {
        var size = Size(scores);
        var samples = Bootstrap.Run(size, Samples, seed, sample => value(scores, sample))[0];
        return new DemoFigure(value(scores, [.. Enumerable.Range(0, size)]), ConfidenceInterval.Of(samples));
    }
}

/// <summary>A figure with its 95 % interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Interval">The interval; null where there is none.</param>
internal readonly record struct DemoFigure(double Value, ConfidenceInterval? Interval)
{
    /// <summary>1 or -1 when the whole interval of a difference is above or below 0, else 0.</summary>
    public int Sign => Interval is { } interval ? (interval.Low > 0 ? 1 : interval.High < 0 ? -1 : 0) : 0;
}
