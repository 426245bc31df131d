namespace MiCse.EncodingSpeed.Measures;

/// <summary>What all contestants did with one model.</summary>
/// <param name="Shape">The model.</param>
/// <param name="Work">The work over all rounds.</param>
/// <param name="Peak">What the processor reached just before.</param>
/// <param name="Results">In the order of the report.</param>
internal sealed record ShapeResults(Shape Shape, Work Work, ProductPeak Peak, IReadOnlyList<Result> Results)
{
    /// <summary>A contestant, or null when it did not take part.</summary>
    public Result? this[string name] => Results.SingleOrDefault(result => result.Name == name);

    /// <summary>Texts a second of a contestant.</summary>
    public double TextsPerSecond(Result result) => Work.Texts / (double)result.Seconds.Count / Statistics.Median(result.Seconds);

    /// <summary>The part of a peak that a contestant reached, when it computes this project's graph.</summary>
    public double ShareOfPeak(Result result, double peak) => Work.Operations / result.Seconds.Sum() / peak;
}
