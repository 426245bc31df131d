namespace MiCse.TrainingSpeed;

/// <summary>What one variant did in one round.</summary>
/// <param name="Steps">Steps that were measured.</param>
/// <param name="Tokens">Tokens in them, padding not counted; the two views of a sentence count twice.</param>
/// <param name="Computed">The same with padding.</param>
/// <param name="Seconds">Time on the wall.</param>
/// <param name="ProcessorSeconds">Processor time of all threads.</param>
/// <param name="Parts">Seconds of each part, in the order of <see cref="StepPart"/>.</param>
/// <param name="PeakBytes">Largest resident size of the process, the matrix product included.</param>
/// <param name="Operations">Multiplications and additions of the linear layers, attention and word scores, padding included.</param>
/// <param name="PeakOperationsPerSecond">What a 2048³ product reached just before.</param>
internal sealed record Measurement(
    int Steps,
    long Tokens,
    long Computed,
    double Seconds,
    double ProcessorSeconds,
    IReadOnlyList<double> Parts,
    long PeakBytes,
    double Operations,
    double PeakOperationsPerSecond)
{
    public double TokensPerSecond => Tokens / Seconds;

    public double TokensPerProcessorSecond => Tokens / ProcessorSeconds;

    public double ProcessorSecondsPerStep => ProcessorSeconds / Steps;

    public double PaddingShare => 1 - (Tokens / (double)Computed);

    public double ShareOfPeak => Operations / Seconds / PeakOperationsPerSecond;
}
